// Opening a file that has to be one: what else may have its name is refused instead of waited for.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <string>

#include "base/error.h"

namespace proxmox {

/// open(2) with these flags, which a FIFO, a device or a directory ends at once with an error: to
/// open or to read one could wait for ever. `subject` names the file in messages.
Result<int> open_regular(const std::string& subject, const std::string& path, int flags,
                         mode_t mode, std::string remedy);

}  // namespace proxmox
