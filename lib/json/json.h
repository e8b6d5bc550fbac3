// JSON in and out: checked values read from untrusted bytes, and the one canonical way to print.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: one vocabulary for reading and printing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace proxmox::json {

inline constexpr std::size_t depth_limit = 64;
/// In one document, or in one row of a list. Each takes some twenty times the room of the two bytes
/// that it may come in.
inline constexpr std::size_t values_limit = 2'000'000;
/// A text with this much spare capacity is parsed where it stands instead of being moved.
inline constexpr std::size_t padding = 64;

enum class Kind : std::uint8_t { missing, null, boolean, number, string, array, object };

struct Node;

struct Node {
    std::string_view key;
    std::string_view text;
    std::uint32_t first_child = 0;
    std::uint32_t next_sibling = 0;
    Kind kind = Kind::missing;
    std::uint8_t mark = 0;
};

/// Keys that differ mostly differ in this; it spares the comparison of the others.
inline std::uint8_t mark_of(std::string_view key) {
    if (key.empty()) return 0;
    const auto byte = [key](std::size_t at) { return static_cast<unsigned char>(key[at]); };
    return static_cast<std::uint8_t>(key.size() + 7U * byte(0) + 31U * byte(key.size() / 2) +
                                     3U * byte(key.size() - 1));
}

/// A view of one value inside a Document; what is not there is a Value of Kind::missing.
class [[gnu::visibility("default")]] Value {
  public:
    Value() = default;
    Value(const Node* nodes, std::uint32_t index) : node_(nodes + index), nodes_(nodes) {}

    Kind kind() const { return node_->kind; }
    bool exists() const { return kind() != Kind::missing; }
    bool is(Kind wanted) const { return kind() == wanted; }
    /// A string without its escapes; a number or boolean as it was sent; else empty.
    std::string_view text() const { return node_->text; }
    /// The key under which this value stands in its object.
    std::string_view key() const { return node_->key; }
    Value operator[](std::string_view key) const;
    /// An integer, also when it was sent as digits in a string or as 100.0.
    std::optional<std::int64_t> integer() const;

    Value first() const { return at(node_->first_child); }
    Value next() const { return at(node_->next_sibling); }
    template <typename Visit>
    void each(Visit visit) const {
        for (Value child = first(); child.exists(); child = child.next()) visit(child);
    }

  private:
    static constexpr Node missing{};

    Value at(std::uint32_t index) const { return index == 0 ? Value{} : Value(nodes_, index); }

    const Node* node_ = &missing;
    const Node* nodes_ = nullptr;
};

/// A whole document: valid JSON, valid UTF-8, no key twice in one object, nothing behind it.
/// One thread at a time may make one.
class [[gnu::visibility("default")]] Document {
  public:
    static Result<Document> parse(std::string_view text);
    Value root() const;

  private:
    void own_texts();

    std::vector<char> texts_;
    std::vector<Node> nodes_;
};

/// Calls `visit` with each element of the array `data`; the Value is valid only during the call.
/// An answer whose `data` is no array is an error. Memory does not grow with the number of rows.
Outcome each_row(std::string& answer, const std::function<Outcome(const Value& row)>& visit);

/// The integer that `digits` stand for: an optional sign, then digits only.
std::optional<std::int64_t> integer_of(std::string_view digits);

/// The shortest escapes, UTF-8 as it is; DEL and the C1 controls never reach a terminal raw.
void write_string(std::string& out, std::string_view text);
/// Compact, keys in alphabetical order, numbers as they were sent.
void write(std::string& out, const Value& value);

}  // namespace proxmox::json
