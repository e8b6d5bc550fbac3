// Where a line's guest is: the node that the line means, and the one that really has it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "way/line.h"

namespace proxmox {

/// Gives the line its node: the one it names, or the vault's. True where it named one that is not
/// of this cluster, so that the vault's was taken.
[[gnu::visibility("default")]] Way<bool> settle_node(Line& line);

/// Where a guest was found that its node does not have.
struct Whereabouts {
    /// Empty where it is on no other node.
    std::string node{};
    /// The list of all guests was read to its end, and it is in none of its rows.
    bool is_gone = false;
};

/// Looks for the line's guest in the whole cluster. What is found to be of the other kind is added
/// to the cause of `missing`.
[[gnu::visibility("default")]] Way<Whereabouts> find_guest(Line& line, Failure& missing);

/// Gives up the line's node for the one where its guest is.
void follow(Line& line, const Whereabouts& whereabouts);

}  // namespace proxmox
