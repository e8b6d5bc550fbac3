// What a tool's own way is made of: its stages, from the look at a guest to the printed line.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tool/tool.h"
#include "way/awaited.h"
#include "way/change.h"
#include "way/find.h"
#include "way/look.h"
#include "way/read.h"
