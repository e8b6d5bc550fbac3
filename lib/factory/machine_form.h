// What Proxmox is asked to write into a machine's configuration.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "line/carried.h"
#include "line/record.h"

namespace proxmox {

/// The parameters of a call as the JSON object that a form's "*" spreads out.
class MachineForm {
  public:
    /// An empty value sets nothing.
    void set(std::string_view key, std::string_view value);
    /// Takes over those keys of the record that Proxmox knows under another name.
    void pass_keys(const Record& record);
    /// Empty when nothing was set, so that the act is passed over.
    std::string text() const { return is_empty_ ? "" : members_.text(); }

  private:
    Carried members_;
    bool is_empty_ = true;
};

/// "order=scsi0;net0", out of "scsi0,net0" or that itself.
Result<std::string> boot_order_of(std::string_view text);

}  // namespace proxmox
