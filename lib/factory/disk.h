// Disks of machines: how large they are, how large they are to be, and how they grow.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/moment.h"
#include "factory/machines.h"
#include "json/json.h"
#include "line/record.h"
#include "tool/tool.h"

namespace proxmox {

/// "16g", "16G", "512M", "1T"; a bare number means GiB, as in all lines.
[[gnu::visibility("default")]] std::optional<std::int64_t> kibibytes_of(std::string_view size);

/// Prepare: `vm_growth`, where the record's `vm_disk` (scsi0) is smaller in this configuration than
/// its `vm_disk_size`. A disk is never made smaller.
[[gnu::visibility("default")]] Result<std::string> compose_growth(const json::Value& config,
                                                                  Record& record,
                                                                  const Moment& moment);

/// The size is told, not how much is added, so that twice is once.
inline constexpr Change growth{
    .method = Method::put,
    .path = "{guest}/resize",
    .body = {{{"disk", text("{vm_disk}")}, {"size", text("{vm_growth}")}}},
    .bare_task = "resize",
    .proof = {"{guest}/config", shows_grown}};

}  // namespace proxmox
