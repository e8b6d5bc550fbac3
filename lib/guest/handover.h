// A Handover passes connections to machines on, to the tool that reads the lines of this one.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "guest/control_directory.h"
#include "line/record.h"

namespace proxmox {

/// Two tools of one pipe need not both log in to a machine. Both ends of a pipe see the same file
/// in it: the tool that reads it lays out a directory which is named after that, and the one that
/// writes it leaves the connection there before it prints the line. So a connection is passed on
/// where somebody waits for it, and closed by who has it last.
class Handover {
  public:
    /// `own` holds the connections of this run; `configuration` is the user's, by which they go.
    Handover(const ControlDirectory& own, std::string configuration);

    /// Takes the connection that the tool before us had to this machine; false: there is none.
    bool take(const Record& record, std::string_view control_name) const;
    /// Ends ours.
    void drop(std::string_view control_name) const;
    /// Leaves ours to the tool behind us, if it wants it.
    void leave(const Record& record, std::string_view control_name) const;

  private:
    std::string own_socket(std::string_view control_name) const;
    std::string name_of_connection(const Record& record) const;

    const ControlDirectory& own_;
    std::string configuration_;
    std::unique_ptr<ControlDirectory> from_before_;
    /// The name of the pipe behind us; empty where there is none.
    std::string pipe_behind_;
};

}  // namespace proxmox
