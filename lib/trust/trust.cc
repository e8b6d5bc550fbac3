// Whom we talk to: pins, known keys and first meetings.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trust/trust.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "base/escape.h"
#include "base/shell.h"
#include "setting_grammar.h"

namespace proxmox {
namespace {

constexpr std::string_view pin_prefix = "sha256//";
constexpr std::size_t digest_size = 32;
constexpr std::size_t base64_digest_size = 44;
constexpr std::string_view show_key_command =
    "openssl x509 -in /etc/pve/local/pve-ssl.pem -pubkey -noout | openssl pkey -pubin "
    "-outform DER | openssl dgst -sha256 -binary | base64";

std::unexpected<Error> not_a_policy(std::string_view text, std::string_view why) {
    return fail(Exit::tls_identity, fmt::format("TLS trust: {}: {}", escape(text), why),
                "set RANGE42_PROXMOX_API_TLS, or the vault's proxmox_api_tls, to tofu, strict, "
                "pin:sha256//BASE64[;...], ca:FILE, system or insecure");
}

Result<TrustPolicy> parse_pins(std::string_view text) {
    TrustPolicy policy{.mode = TrustMode::pin, .pins = {}, .authority_file = {}, .server_name = {}};
    std::string_view rest = text.substr(std::string_view("pin:").size());
    while (true) {
        const std::string_view pin = rest.substr(0, rest.find(';'));
        if (!is_pin(pin))
            return not_a_policy(text, "a pin is sha256// and 44 characters of base64");
        policy.pins.emplace_back(pin);
        if (pin.size() == rest.size()) return policy;
        rest.remove_prefix(pin.size() + 1);
    }
}

Result<TrustPolicy> parse_authority(std::string_view text) {
    constexpr std::string_view name_option = ";name=";
    TrustPolicy policy{
        .mode = TrustMode::authority_file, .pins = {}, .authority_file = {}, .server_name = {}};
    const std::string_view file = text.substr(std::string_view("ca:").size());
    const std::size_t option = file.find(name_option);
    policy.authority_file = file.substr(0, option);
    if (!policy.authority_file.starts_with('/')) return not_a_policy(text, "not an absolute path");
    if (option == std::string_view::npos) return policy;
    policy.server_name = file.substr(option + name_option.size());
    // It takes the host's place in the URL, so it must be no more than a host.
    if (!vault::is_api_host(policy.server_name) ||
        policy.server_name.find(':') != std::string::npos)
        return not_a_policy(text, "name= takes the name in the certificate, without a port");
    return policy;
}

}  // namespace

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

Result<TrustPolicy> parse_trust(std::string_view text) {
    const auto simple = [](TrustMode mode) {
        TrustPolicy policy;
        policy.mode = mode;
        return policy;
    };
    if (text.empty() || text == "tofu") return simple(TrustMode::first_use);
    if (text == "strict") return simple(TrustMode::strict);
    if (text == "system") return simple(TrustMode::system);
    if (text == "insecure") return simple(TrustMode::insecure);
    if (text.starts_with("pin:")) return parse_pins(text);
    if (text.starts_with("ca:")) return parse_authority(text);
    return not_a_policy(text, "no such trust mode");
}

bool names_someone(const TrustPolicy& policy) {
    return policy.mode != TrustMode::first_use && policy.mode != TrustMode::insecure;
}

std::string pin_of(std::string_view public_key_der) {
    std::array<unsigned char, digest_size> digest{};
    if (EVP_Digest(public_key_der.data(), public_key_der.size(), digest.data(), nullptr,
                   EVP_sha256(), nullptr) != 1)
        return {};
    std::array<char, base64_digest_size + 1> text{};
    sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    return std::string(pin_prefix) + text.data();
}

Trust::Trust(TrustPolicy policy, std::string_view host_and_port, std::string store_path,
             Memory memory)
    : policy_(std::move(policy)),
      server_(server_name_of(host_and_port)),
      store_path_(std::move(store_path)),
      memory_(memory) {
    if (policy_.mode == TrustMode::insecure)
        notes_.push_back("TLS: the identity of " + server_ +
                         " is not checked (insecure): whoever answers there gets the token");
}

bool Trust::must_be_proven() const {
    if (policy_.mode == TrustMode::insecure) return false;
    if (names_someone(policy_) || !accepted_pin_.empty()) return true;
    const auto known = read_known_keys(store_path_);
    // What is not to be read may name the server.
    return !known || std::ranges::any_of(*known, [this](const KnownKey& key) {
        return server_name_of(key.server) == server_;
    });
}

bool Trust::refuse(std::string message, std::string remedy) {
    refusal_ = {Exit::tls_identity, "TLS: " + std::move(message) + "; no credentials were sent",
                std::move(remedy)};
    return false;
}

bool Trust::accepts(std::string_view public_key_der) {
    if (policy_.mode == TrustMode::insecure) return true;
    // One refusal ends the run: a second try must not get a second opinion.
    if (!refusal_.message.empty()) return false;
    seen_pin_ = pin_of(public_key_der);
    if (seen_pin_.empty()) return refuse(fmt::format("the key of {} cannot be read", server_), {});
    if (seen_pin_ == accepted_pin_) return true;
    const bool fits = policy_.mode == TrustMode::pin ? accepts_pinned() : accepts_known();
    if (fits) accepted_pin_ = seen_pin_;
    return fits;
}

void Trust::refuse_certificate(std::string_view why) {
    if (!refusal_.message.empty()) return;
    const std::string judge = policy_.mode == TrustMode::system
                                  ? "this system's authorities"
                                  : "the authority in " + escape(policy_.authority_file);
    refuse(fmt::format("{} does not prove its identity to {}: {}", server_, judge, escape(why)),
           "see that the authority is the one that signed it and that the name or address is in "
           "it (;name=NAME names another), or use tofu");
}

bool Trust::accepts_pinned() {
    if (std::ranges::find(policy_.pins, seen_pin_) != policy_.pins.end()) return true;
    return refuse(fmt::format("the key of {} is none of the pinned ones: expected {}, got {}",
                              server_, fmt::join(policy_.pins, " or "), seen_pin_),
                  fmt::format("if that key is the server's own, pin it: pin:{}", seen_pin_));
}

bool Trust::refuse_changed(const KnownKey& expected) {
    return refuse(fmt::format("the key of {} changed: expected {} (stored {}, {}:{}), got {}",
                              server_, expected.pin, escape(expected.first_seen),
                              escape(store_path_), expected.line_number, seen_pin_),
                  fmt::format("if the server was reinstalled or got a new key, compare the key "
                              "with the server's own and run: proxmox_api.trust {} --replace",
                              shell_word(server_)));
}

bool Trust::accepts_known() {
    if (!accepted_pin_.empty())
        return refuse(fmt::format("the key of {} changed during this run: it was {}, now it is {}",
                                  server_, accepted_pin_, seen_pin_),
                      "run the command again if the server was given a new key just now");
    const auto known = read_known_keys(store_path_);
    if (!known) {
        refusal_ = known.error();
        return false;
    }
    const KnownKey* expected = nullptr;
    for (const KnownKey& key : *known) {
        if (server_name_of(key.server) != server_) continue;
        if (key.pin == seen_pin_) return true;
        if (expected == nullptr) expected = &key;
    }
    if (expected != nullptr) return refuse_changed(*expected);
    if (policy_.mode == TrustMode::strict)
        return refuse(fmt::format("no key is known for {} (strict); got {}", server_, seen_pin_),
                      fmt::format("compare the key with the server's own and run: "
                                  "proxmox_api.trust {} --add",
                                  shell_word(server_)));
    return memory_ == Memory::forgets || meets();
}

bool Trust::meets() {
    const auto meeting = add_known_key(store_path_, {server_, seen_pin_, today()});
    if (!meeting) {
        refusal_ = meeting.error();
        return false;
    }
    // Somebody else met the server while we read.
    if (meeting->key.pin != seen_pin_) return refuse_changed(meeting->key);
    if (meeting->key.line_number != 0) return true;
    const bool is_stored = meeting->trouble.empty();
    notes_.push_back(fmt::format(
        "TLS: {} is new, its key {} is trusted {}; on the node, this shows its key: {}", server_,
        seen_pin_,
        is_stored ? fmt::format("from now on (stored in {})", escape(store_path_))
                  : fmt::format("in this run only, it could not be stored ({})", meeting->trouble),
        show_key_command));
    return true;
}

std::vector<std::string> Trust::take_notes() { return std::exchange(notes_, {}); }

}  // namespace proxmox
