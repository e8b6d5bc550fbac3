// Making machines: pure functions that the tools of the factory name in their values.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/moment.h"
#include "json/json.h"
#include "line/record.h"
#include "stage/proofs.h"

namespace proxmox {

/// Prepare: what a machine that is made from nothing has where nobody says otherwise.
[[gnu::visibility("default")]] Result<std::string> assume_usual(const json::Value& nothing,
                                                                Record& record,
                                                                const Moment& moment);

/// Prepare: the storage for new disks, out of the node's list of those that take images, and the
/// format of disks that takes snapshots there, where one has to be named.
[[gnu::visibility("default")]] Result<std::string> choose_storage(const json::Value& storages,
                                                                  Record& record,
                                                                  const Moment& moment);

/// Prepare: what a VM is created with, out of the record's keys; for one that is cloned from a
/// template, what is changed afterwards.
[[gnu::visibility("default")]] Result<std::string> compose_machine(const json::Value& nothing,
                                                                   Record& record,
                                                                   const Moment& moment);

/// Prepare: the storage that a template's clones come onto, out of its configuration.
[[gnu::visibility("default")]] Result<std::string> learn_clone_storage(const json::Value& config,
                                                                       Record& record,
                                                                       const Moment& moment);

/// Prepare: what a clone is made with, out of its source's configuration.
[[gnu::visibility("default")]] Result<std::string> compose_clone(const json::Value& source,
                                                                 Record& record,
                                                                 const Moment& moment);

/// A line that names a template and the id of its clone, as plans do, in the keys of one that names
/// a source and a new id.
void take_plan(Record& record);

/// Prepare: an error unless the machine with this configuration is the clone that the record is to
/// become: its name, and a mark of ours in its notes.
[[gnu::visibility("default")]] Result<std::string> recognise_clone(const json::Value& config,
                                                                   Record& record,
                                                                   const Moment& moment);

/// Prepare: the boot order as Proxmox writes it, out of "scsi0,net0" or "order=scsi0;net0".
[[gnu::visibility("default")]] Result<std::string> compose_boot_order(const json::Value& nothing,
                                                                      Record& record,
                                                                      const Moment& moment);

/// Prepare: the keys of a configuration to set, out of `vm_config` and the keys that a VM is
/// created with.
[[gnu::visibility("default")]] Result<std::string> compose_changes(const json::Value& nothing,
                                                                   Record& record,
                                                                   const Moment& moment);

/// The machine that was made has the uuid, or the mark, that it was to have.
[[gnu::visibility("default")]] Shown shows_created(const Seen& seen);
[[gnu::visibility("default")]] Shown shows_cloned(const Seen& seen);
/// Its disk has the size that was asked for.
[[gnu::visibility("default")]] Shown shows_grown(const Seen& seen);

/// Learn: who a machine is, out of its configuration: name, uuid, time of creation, network
/// cards.
[[gnu::visibility("default")]] Result<std::string> learn_identity(const json::Value& config,
                                                                  Record& record,
                                                                  const Moment& moment);

}  // namespace proxmox
