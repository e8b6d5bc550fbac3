// Opening an envelope: key derivation, MAC check, decryption, in this order.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "envelope.h"
#include "secret.h"

namespace proxmox::vault {

/// The content, or an error: nothing is decrypted before the MAC has been found right.
Result<Secret> open_envelope(const Envelope& envelope, std::string_view password);

/// Opens envelopes with the password of one file, which is read when the first one comes.
class Opener {
  public:
    explicit Opener(std::string password_path) : password_path_(std::move(password_path)) {}

    Result<Secret> open(std::string_view envelope_text);

    /// Reads the password now, unless it has been read: its failures name the password file.
    Outcome read_password_once();

    /// What reading the password file gave rise to.
    const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    std::string password_path_;
    Secret password_;
    std::vector<std::string> warnings_;
};

}  // namespace proxmox::vault
