// Whom we talk to: pins, known keys and first meetings.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trust.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "escape.h"
#include "known_keys.h"

namespace proxmox {
namespace {

constexpr std::string_view pin_prefix = "sha256//";
constexpr std::size_t digest_size = 32;
constexpr std::size_t base64_digest_size = 44;

bool is_pin(std::string_view text) {
    if (!text.starts_with(pin_prefix)) return false;
    text.remove_prefix(pin_prefix.size());
    std::array<unsigned char, digest_size> digest{};
    std::size_t size = 0;
    return text.size() == base64_digest_size &&
           sodium_base642bin(digest.data(), digest.size(), text.data(), text.size(), nullptr, &size,
                             nullptr, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           size == digest_size;
}

std::unexpected<Error> not_a_policy(std::string_view text, std::string_view why) {
    return fail(Exit::tls_identity,
                fmt::format("RANGE42_PROXMOX_API_TLS: {}: {}", escape(text), why),
                "use tofu, strict, pin:sha256//BASE64[;...], ca:FILE, system or insecure");
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
    if (option != std::string_view::npos)
        policy.server_name = file.substr(option + name_option.size());
    if (!policy.authority_file.starts_with('/')) return not_a_policy(text, "not an absolute path");
    return policy;
}

std::string today() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

}  // namespace

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

Trust::Trust(TrustPolicy policy, std::string host_and_port, std::string store_path)
    : policy_(std::move(policy)),
      host_and_port_(std::move(host_and_port)),
      store_path_(std::move(store_path)) {
    if (policy_.mode == TrustMode::insecure)
        notes_.push_back("TLS: the identity of " + host_and_port_ +
                         " is not checked (RANGE42_PROXMOX_API_TLS=insecure)");
}

bool Trust::accepts(std::string_view public_key_der) {
    if (policy_.mode == TrustMode::insecure) return true;
    const std::string pin = pin_of(public_key_der);
    if (pin.empty()) {
        refusal_ = {Exit::tls_identity, "TLS: the server's key cannot be read"};
        return false;
    }
    if (pin == accepted_pin_) return true;
    bool fits = false;
    if (policy_.mode == TrustMode::pin) {
        fits = std::ranges::find(policy_.pins, pin) != policy_.pins.end();
        if (!fits)
            refusal_ = {
                Exit::tls_identity,
                fmt::format("TLS: the key of {} is {}, which is none of the pinned ones; no "
                            "credentials were sent",
                            host_and_port_, pin)};
    } else {
        fits = accepts_known(pin);
    }
    if (fits) accepted_pin_ = pin;
    return fits;
}

bool Trust::accepts_known(const std::string& pin) {
    const auto changed = [&](const KnownKey& known) {
        refusal_ = {
            Exit::tls_identity,
            fmt::format("TLS: the key of {} changed: expected {} (stored {}, {}:{}), got {}; no "
                        "credentials were sent",
                        host_and_port_, escape(known.pin), escape(known.first_seen),
                        escape(store_path_), known.line_number, pin),
            fmt::format("if the server was reinstalled, run: proxmox_api.trust --replace {}",
                        host_and_port_)};
        return false;
    };
    const auto known = read_known_keys(store_path_);
    if (!known) {
        refusal_ = known.error();
        return false;
    }
    for (const KnownKey& key : *known)
        if (key.host_and_port == host_and_port_) return key.pin == pin || changed(key);
    if (policy_.mode == TrustMode::strict) {
        refusal_ = {
            Exit::tls_identity,
            fmt::format("TLS: no key is known for {} (strict); seen: {}; no credentials were "
                        "sent",
                        host_and_port_, pin),
            fmt::format("to trust it, run: proxmox_api.trust --add {}", host_and_port_)};
        return false;
    }
    const auto stored = add_known_key(store_path_, {host_and_port_, pin, today(), 0});
    if (!stored) {
        refusal_ = stored.error();
        refusal_.remedy =
            "make the store writable, or pin the key: RANGE42_PROXMOX_API_TLS=pin:" + pin;
        return false;
    }
    if (stored->pin != pin) return changed(*stored);
    notes_.push_back(fmt::format("TLS: first contact with {}: its key {} is now known ({})",
                                 host_and_port_, pin, escape(store_path_)));
    return true;
}

std::vector<std::string> Trust::take_notes() { return std::exchange(notes_, {}); }

}  // namespace proxmox
