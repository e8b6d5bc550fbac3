// What a tool's own way is made of: its stages, from the look at a guest to the printed line.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "stage/awaited.h"
#include "stage/change.h"
#include "stage/find.h"
#include "stage/lock.h"
#include "stage/look.h"
#include "stage/read.h"
#include "tool/tool.h"
