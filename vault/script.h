// A password script: run it, take what it prints, and never leave it behind.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "descriptor.h"
#include "secret.h"

namespace proxmox::vault {

/// Whether ansible takes `path` for a script that must be told which vault id it is asked for.
bool is_client_script(std::string_view path);

/// Everything the script printed, after it has ended with status 0. When it has not ended at the
/// deadline it is killed; it is reaped in any case.
Result<Secret> run_password_script(const std::string& path, Clock::time_point deadline);

}  // namespace proxmox::vault
