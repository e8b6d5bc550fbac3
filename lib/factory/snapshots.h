// Snapshots: the one meant when none is named, and new ones with names that Proxmox takes.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ctime>
#include <limits>
#include <string>
#include <string_view>

#include "base/moment.h"
#include "json/json.h"
#include "line/record.h"
#include "tool/tool.h"

namespace proxmox {

/// "<vm_name>-<yymmdd-HHMMSS>" in local time, made fit for Proxmox: what does not fit becomes '-',
/// the VM's name is shortened and the time never.
std::string default_snapshot_name(std::string_view vm_name, std::time_t now);

/// Prepare: gives the record its VM's name, and a snapshot's name and description where it has
/// none.
[[gnu::visibility("default")]] Result<std::string> name_snapshot(const json::Value& current,
                                                                 Record& record,
                                                                 const Moment& moment);

/// Prepare: takes the snapshot that `current` descends from.
[[gnu::visibility("default")]] Result<std::string> take_parent_snapshot(
    const json::Value& snapshots, Record& record, const Moment& moment);

/// Asked where a line names no snapshot: the one that the VM descends from is meant.
inline constexpr Look parent_snapshot{.path = "{guest}/snapshot",
                                      .fills = "vm_snapshot_name",
                                      .prepare = take_parent_snapshot,
                                      .gives = {"vm_snapshot_name"}};

/// Prepare: gives the record its VM's name.
[[gnu::visibility("default")]] Result<std::string> remember_name(const json::Value& current,
                                                                 Record& record,
                                                                 const Moment& moment);

/// Takes a snapshot under the line's name for it, or one that is made of its guest's; where another
/// had that one, under the next.
[[gnu::visibility("default")]] Way<Printed> take_snapshot(Line& line);

/// Learnt from the guest's snapshots: this one is there, and has been taken or taken away wholly.
[[gnu::visibility("default")]] Shown shows_snapshot(const Seen& seen);
[[gnu::visibility("default")]] Shown shows_no_snapshot(const Seen& seen);
[[gnu::visibility("default")]] Shown shows_reverted(const Seen& seen);

inline constexpr std::string_view snapshots_path = "{guest}/snapshot";
/// Others may choose the same name, and the one that has it may be older than the request.
inline constexpr Proof snapshot_is_there{snapshots_path, shows_snapshot, "", Witness::own};
inline constexpr Proof snapshot_is_gone{snapshots_path, shows_no_snapshot};
/// A guest may have descended from it before: that alone shows nothing.
inline constexpr Proof has_reverted{snapshots_path, shows_reverted, "", Witness::own};

/// Oldest first, and last `current`, which has no time.
inline constexpr Order by_snapshot_time{"snaptime", std::numeric_limits<std::int64_t>::max()};

}  // namespace proxmox
