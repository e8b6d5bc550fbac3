// Imports of downloaded disk images: through the API alone, and the image stays as it is.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tool/tool.h"

namespace proxmox {

/// Gives the line's machine a disk with what the image holds, and makes it as large as is wanted.
[[gnu::visibility("default")]] Way<Printed> import_image(Line& line);

}  // namespace proxmox
