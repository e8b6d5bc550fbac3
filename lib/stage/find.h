// Where a line's guest is: the node that the line means, and the one that really has it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "way/line.h"

namespace proxmox {

/// Gives the line its node: the one it names, or the vault's. True where it named one that is not
/// of this cluster, so that the vault's was taken; who keeps to the named node has failed then.
[[gnu::visibility("default")]] Way<bool> settle_node(Line& line);

/// Looks in the whole cluster for a guest that the line's node does not have: its node, empty where
/// it is on no other. What is found to be of the other kind is added to the cause of `missing`.
[[gnu::visibility("default")]] Way<std::string> find_guest(Line& line, Failure& missing);

/// Whether nobody has the line's id. The list of all guests is up to 10 s old and tells of those
/// that are deleted already; who gives out ids has to know it at once.
Way<bool> is_id_free(Line& line);

/// Gives up the line's node for the one where its guest is.
void follow(Line& line, const std::string& node);

}  // namespace proxmox
