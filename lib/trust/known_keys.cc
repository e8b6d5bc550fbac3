// The store of known servers: its lines, and the one spelling of a server's name.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trust/known_keys.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include "base/escape.h"
#include "trust/key_store.h"

namespace proxmox {
namespace {

constexpr std::string_view pin_prefix = "sha256//";
constexpr std::size_t digest_size = 32;
constexpr std::size_t base64_digest_size = 44;
/// Where https is, when a host setting names no port.
constexpr std::string_view default_port = ":443";

std::string_view next_word(std::string_view& line) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    line.remove_prefix(first);
    const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
    line.remove_prefix(word.size());
    return word;
}

/// Calls `take` with each line, its newline included, and its number.
void each_line(std::string_view text, auto take) {
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t newline = text.find('\n');
        const std::size_t size = newline == std::string_view::npos ? text.size() : newline + 1;
        take(text.substr(0, size), number);
        text.remove_prefix(size);
    }
}

/// A key, or nothing but a remark; an error when it is neither.
Result<std::optional<KnownKey>> parse_line(std::string_view line, std::size_t number,
                                           const std::string& path) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    const std::string_view server = next_word(line);
    if (server.empty() || server.front() == '#') return std::nullopt;
    const std::string_view pin = next_word(line);
    if (!is_pin(pin))
        return refuse_store(path, fmt::format("line {} is not \"host:port sha256//...\"", number),
                            "correct or remove that line");
    return KnownKey{std::string(server), std::string(pin), std::string(next_word(line)), number};
}

Result<std::vector<KnownKey>> parse(std::string_view text, const std::string& path) {
    std::vector<KnownKey> keys;
    Outcome outcome;
    each_line(text, [&](std::string_view line, std::size_t number) {
        if (!outcome) return;
        auto key = parse_line(line, number, path);
        if (!key)
            outcome = std::unexpected(key.error());
        else if (*key)
            keys.push_back(std::move(**key));
    });
    if (!outcome) return std::unexpected(outcome.error());
    return keys;
}

std::string line_of(const KnownKey& key) {
    return fmt::format("{} {} {}\n", key.server, key.pin, key.first_seen);
}

}  // namespace

std::string server_name_of(std::string_view host_and_port) {
    std::string name(host_and_port);
    for (char& byte : name)
        if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
    if (!name.starts_with('['))
        return name.find(':') == std::string::npos ? name + std::string(default_port) : name;
    const std::size_t end = std::min(name.find(']'), name.size());
    const std::string port = end + 1 < name.size() ? name.substr(end + 1) : "";
    in6_addr address{};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (inet_pton(AF_INET6, name.substr(1, end - 1).c_str(), &address) != 1 ||
        inet_ntop(AF_INET6, &address, text.data(), text.size()) == nullptr)
        return name;
    return fmt::format("[{}]{}", text.data(), port.empty() ? default_port : port);
}

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

std::string known_keys_path() {
    const auto absolute = [](const char* name) -> std::string {
        const char* value = std::getenv(name);
        return value != nullptr && value[0] == '/' ? value : "";
    };
    if (const std::string home = absolute("XDG_CONFIG_HOME"); !home.empty())
        return home + "/range42/known_proxmox";
    if (const std::string home = absolute("HOME"); !home.empty())
        return home + "/.config/range42/known_proxmox";
    return {};
}

Result<std::vector<KnownKey>> read_known_keys(const std::string& path) {
    int error_number = 0;
    const auto store = KeyStore::open(path, KeyStore::Access::read, error_number);
    if (!store && (error_number == ENOENT || error_number == ENOTDIR))
        return std::vector<KnownKey>{};
    if (!store) return std::unexpected(store.error());
    return parse(store->text(), path);
}

Result<Meeting> add_known_key(const std::string& path, const KnownKey& key) {
    if (path.empty()) return Meeting{key, "there is no home directory"};
    int error_number = 0;
    auto store = KeyStore::open(path, KeyStore::Access::change, error_number);
    // A store that cannot be made or written is a nuisance; one that may be a trap is not.
    if (!store && error_number != 0 && error_number != ELOOP)
        return Meeting{key, store.error().message};
    if (!store) return std::unexpected(store.error());
    const auto known = parse(store->text(), path);
    if (!known) return std::unexpected(known.error());
    const auto same = std::ranges::find(*known, key.server, &KnownKey::server);
    if (same != known->end()) return Meeting{*same};
    const auto added = store->append(line_of(key));
    return Meeting{key, added ? "" : added.error().message};
}

Result<std::size_t> replace_known_key(const std::string& path, const KnownKey& key) {
    if (path.empty()) return refuse_store("known_proxmox", "there is no home directory");
    int error_number = 0;
    auto store = KeyStore::open(path, KeyStore::Access::change, error_number);
    if (!store) return std::unexpected(store.error());
    std::string kept;
    std::size_t removed = 0;
    each_line(store->text(), [&](std::string_view line, std::size_t) {
        std::string_view rest = line.substr(0, line.find('\n'));
        if (next_word(rest) == key.server) {
            ++removed;
            return;
        }
        kept += line;
        if (!line.ends_with('\n')) kept += '\n';
    });
    if (!key.pin.empty()) kept += line_of(key);
    if (const auto done = store->exchange(kept); !done) return std::unexpected(done.error());
    return removed;
}

}  // namespace proxmox
