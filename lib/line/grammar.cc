// Proxmox's own grammars: VM ids, node names, snapshot names and task ids.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "line/grammar.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "json/json.h"
#include "line/guest_grammar.h"

namespace proxmox {
namespace {

// The C locale's answers, whatever the environment says.
constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
constexpr bool is_letter(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}
constexpr bool is_alphanumeric(char byte) { return is_digit(byte) || is_letter(byte); }

constexpr std::size_t upid_parts = 9;
constexpr std::size_t longest_upid = 512;
/// Enough for the megabytes of any memory and the gigabytes of any disk.
constexpr std::size_t longest_number = 9;

std::optional<std::int64_t> hexadecimal(std::string_view text, std::size_t least,
                                        std::size_t most) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number, 16);
    if (text.size() < least || text.size() > most || error != std::errc{} || stop != end ||
        text.front() == '-')
        return std::nullopt;
    return number;
}

bool is_upid_word(std::string_view word, bool may_be_empty) {
    return (may_be_empty || !word.empty()) && std::ranges::all_of(word, [](char byte) {
               return byte > ' ' && byte < 0x7f && byte != '/' && byte != ':';
           });
}

}  // namespace

bool is_vm_id(std::string_view text) {
    if (text.empty() || text.front() == '0' || !std::ranges::all_of(text, is_digit)) return false;
    const auto number = json::integer_of(text);
    return number && *number >= smallest_vm_id && *number <= largest_vm_id;
}

bool is_node_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_node_name && is_alphanumeric(text.front()) &&
           is_alphanumeric(text.back()) && std::ranges::all_of(text, [](char byte) {
               return is_alphanumeric(byte) || byte == '-';
           });
}

bool is_snapshot_name(std::string_view text) {
    return text.size() >= shortest_snapshot_name && text.size() <= longest_snapshot_name &&
           is_letter(text.front()) && text != "current" && text != "pending" &&
           std::ranges::all_of(
               text, [](char byte) { return is_alphanumeric(byte) || byte == '_' || byte == '-'; });
}

bool is_host_name(std::string_view text) {
    constexpr std::size_t longest = 253;
    if (text.size() > longest) return false;
    while (true) {
        const std::size_t dot = text.find('.');
        if (!is_node_name(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_of(Type type, std::string_view text) {
    switch (type) {
        case Type::vm_id: return is_vm_id(text);
        case Type::node: return is_node_name(text);
        case Type::snapshot_name: return is_snapshot_name(text);
        case Type::upid: return parse_upid(text).has_value();
        case Type::host_name: return is_host_name(text);
        case Type::number:
            return !text.empty() && text.size() <= longest_number &&
                   std::ranges::all_of(text, is_digit);
        case Type::word:
            return !text.empty() && is_alphanumeric(text.front()) &&
                   std::ranges::all_of(text, [](char byte) {
                       return is_alphanumeric(byte) || byte == '-' || byte == '_' || byte == '.';
                   });
        case Type::flag: return text == "0" || text == "1";
        case Type::object:
        case Type::text: return true;
        case Type::secret:
        case Type::hidden:
            return text.size() <= longest_secret && text.find('\0') == std::string_view::npos;
        default: break;
    }
    return is_of_guest(type, text);
}

std::string_view name_of(Type type) {
    switch (type) {
        case Type::vm_id: return "a VM id";
        case Type::node: return "a node name";
        case Type::snapshot_name: return "a snapshot name";
        case Type::upid: return "a task id (UPID)";
        case Type::text: return "a text";
        case Type::host_name: return "a host name";
        case Type::number: return "a number";
        case Type::word: return "a plain word";
        case Type::flag: return "1 or 0";
        case Type::object: return "a JSON object";
        case Type::secret: return "a secret of up to 64 KiB";
        case Type::hidden: return "a text of up to 64 KiB";
        default: break;
    }
    return name_in_guest(type);
}

std::optional<Upid> parse_upid(std::string_view text) {
    if (text.size() > longest_upid || !text.ends_with(':')) return std::nullopt;
    std::array<std::string_view, upid_parts> parts;
    for (std::string_view& part : parts) {
        const std::size_t colon = text.find(':');
        part = text.substr(0, colon);
        text.remove_prefix(colon == std::string_view::npos ? text.size() : colon + 1);
    }
    const auto [head, node, pid, process_start, start, type, id, user, rest] = parts;
    const auto start_time = hexadecimal(start, 8, 8);
    if (head != "UPID" || !is_node_name(node) || !hexadecimal(pid, 8, 8) ||
        !hexadecimal(process_start, 8, 9) || !start_time || !is_upid_word(type, false) ||
        !is_upid_word(id, true) || !is_upid_word(user, false) || !rest.empty() || !text.empty())
        return std::nullopt;
    return Upid{node, *start_time, type, id, user};
}

}  // namespace proxmox
