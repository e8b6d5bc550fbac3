// A network card as Proxmox writes it, "virtio=BC:24:11:00:00:64,bridge=vmbr0".
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.h"

namespace proxmox {

class NetworkCard {
  public:
    /// Out of the value of netN; empty: there is none yet, and it is of the usual model.
    explicit NetworkCard(std::string_view text);

    /// `key` is `model`, `mac` or what Proxmox calls a property; an empty value takes it away.
    Outcome set(std::string_view key, std::string_view value);
    std::string text() const;

    /// The order of their properties means nothing.
    bool operator==(const NetworkCard& other) const = default;

  private:
    std::string model_ = "virtio";
    /// Empty: Proxmox chooses one.
    std::string mac_;
    std::map<std::string, std::string, std::less<>> properties_;
};

}  // namespace proxmox
