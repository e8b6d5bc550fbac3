// Whom we talk to: the decision about a server's key, taken inside the TLS handshake.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "trust/known_keys.h"

namespace proxmox {

enum class TrustMode : std::uint8_t { first_use, strict, pin, authority_file, system, insecure };

/// How the server's identity is judged: `RANGE42_PROXMOX_API_TLS`, understood.
struct TrustPolicy {
    TrustMode mode = TrustMode::first_use;
    std::vector<std::string> pins;  // "sha256//BASE64"
    std::string authority_file;
    std::string server_name;  // the name the certificate must carry, where it is not the host
};

/// Empty text is the default; a text that is no policy is an error, never a weaker one.
Result<TrustPolicy> parse_trust(std::string_view text);

/// The user has said who is meant, so that nobody else may get the token by any way.
bool names_someone(const TrustPolicy& policy);

/// "sha256//" and the base64 of a key's hash, as curl and the store write it.
std::string pin_of(std::string_view public_key_der);

/// The day as it stands in the store.
std::string today();

/// Whether a key met for the first time is written down; a look-around leaves no trace.
enum class Memory : bool { keeps, forgets };

/// Judges the key of one server for one run, and remembers a first meeting.
class Trust {
  public:
    /// `host_and_port` is the setting as it stands, `store_path` the file of the known keys.
    Trust(TrustPolicy policy, std::string_view host_and_port, std::string store_path,
          Memory memory = Memory::keeps);

    const TrustPolicy& policy() const { return policy_; }
    /// Somebody is meant: the user has said who, or the server's key is known. Then nobody gets the
    /// token who has not proven to be that one, whatever becomes of the connection.
    bool must_be_proven() const;
    const std::string& server() const { return server_; }
    /// Called in the handshake with the server's public key (SPKI); false ends it there.
    bool accepts(std::string_view public_key_der);
    /// Where authorities decide: what the TLS library has against the certificate.
    void refuse_certificate(std::string_view why);
    /// Why the server was refused; empty when it was not.
    const Error& refusal() const { return refusal_; }
    /// The key that the server showed last; empty when there was none.
    const std::string& seen_pin() const { return seen_pin_; }
    /// What the user should be told once: a key stored, a check switched off.
    std::vector<std::string> take_notes();

  private:
    bool refuse(std::string message, std::string remedy);
    bool refuse_changed(const KnownKey& expected);
    bool accepts_pinned();
    bool accepts_known();
    bool meets();

    TrustPolicy policy_;
    std::string server_;
    std::string store_path_;
    Memory memory_;
    std::string seen_pin_;
    std::string accepted_pin_;
    Error refusal_;
    std::vector<std::string> notes_;
};

}  // namespace proxmox
