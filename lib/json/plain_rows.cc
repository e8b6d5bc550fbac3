// Rows in the one form in which Proxmox writes lists, read where they stand, without a parser.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "json/plain_rows.h"

#include <array>
#include <optional>

#include "json/json_columns.h"
#include "json/json_text.h"

namespace proxmox::json {
namespace {

/// A key that has occurred, as it stands in the text, from its quote to its colon.
struct Key {
    std::string_view literal{};
    std::size_t column = Columns::none;
    std::size_t next = 0;
};

/// A cursor over the text. Whatever it meets unexpectedly ends the reading.
class PlainRows {
  public:
    PlainRows(std::string_view text, std::span<const std::string_view> keys, Table& table)
        : at_(text.data()), end_(text.data() + text.size()), columns_(keys), table_(table) {}

    bool read() {
        if (!skip(R"({"data":[)")) return false;
        if (at_ < end_ && *at_ != ']') do
                if (!read_row()) return false;
            while (skip(','));
        return skip("]}") && at_ == end_;
    }

  private:
    bool skip(std::string_view expected) {
        if (static_cast<std::size_t>(end_ - at_) < expected.size() ||
            std::string_view(at_, expected.size()) != expected)
            return false;
        at_ += expected.size();
        return true;
    }

    bool skip(char expected) {
        const bool is_there = at_ < end_ && *at_ == expected;
        at_ += is_there ? 1 : 0;
        return is_there;
    }

    bool read_row() {
        if (!skip('{') || table_.rows() == rows_limit) return false;
        table_.add_row();
        if (skip('}')) return true;
        std::uint64_t seen = 0;
        do {
            const auto key = read_key();
            if (!key) return false;
            const std::uint64_t bit = std::uint64_t{1} << *key;
            const bool is_repeated = (seen & bit) != 0;
            seen |= bit;
            if (is_repeated || !read_value(keys_[*key].column)) return false;
        } while (skip(','));
        return skip('}');
    }

    /// The key's number. What has followed the last one before will mostly follow it again.
    std::optional<std::size_t> read_key() {
        Key& last = keys_[last_key_];
        const bool is_as_before = last.next < count_ && skip(keys_[last.next].literal);
        const auto key = is_as_before ? last.next : look_up_key();
        if (!key) return std::nullopt;
        last_key_ = last.next = *key;
        return key;
    }

    std::optional<std::size_t> look_up_key() {
        const char* start = at_;
        const auto text = read_string();
        if (!text || !skip(':')) return std::nullopt;
        const std::string_view literal(start, static_cast<std::size_t>(at_ - start));
        for (std::size_t key = 0; key < count_; ++key)
            if (keys_[key].literal == literal) return key;
        if (count_ == keys_.size()) return std::nullopt;
        keys_[count_] = {.literal = literal, .column = columns_.find(*text, mark_of(*text))};
        return count_++;
    }

    bool read_value(std::size_t column) {
        if (at_ < end_ && *at_ == '"') {
            const auto text = read_string();
            return text && keep(column, Kind::string, *text);
        }
        const char* start = at_;
        while (at_ < end_ && is_digit(*at_)) ++at_;
        // Most values are whole numbers, and most of those are nought.
        const auto digits = static_cast<std::size_t>(at_ - start);
        const bool is_whole = digits == 1 || (digits > 1 && *start != '0');
        if (is_whole && at_ < end_ && (*at_ == ',' || *at_ == '}'))
            return keep(column, Kind::number, {start, digits});
        while (at_ < end_ && *at_ != ',' && *at_ != '}') ++at_;
        const std::string_view token(start, static_cast<std::size_t>(at_ - start));
        if (token == "null") return keep(column, Kind::null, token.substr(4));
        if (token == "true" || token == "false") return keep(column, Kind::boolean, token);
        return is_number(token) && keep(column, Kind::number, token);
    }

    /// Without its quotes; nothing when something in it is escaped or would have to be.
    std::optional<std::string_view> read_string() {
        if (!skip('"')) return std::nullopt;
        const char* start = at_;
        for (; at_ < end_; at_ += sizeof(std::uint64_t)) {
            const std::uint64_t word = eight_bytes(at_);
            const std::uint64_t marks =
                marks_of(word, '"') | marks_of(word, '\\') | marks_of_controls(word);
            if (marks == 0) continue;
            at_ += std::countr_zero(marks) / 8;
            const char* stop = at_;
            if (!skip('"')) return std::nullopt;
            return std::string_view(start, static_cast<std::size_t>(stop - start));
        }
        return std::nullopt;
    }

    bool keep(std::size_t column, Kind kind, std::string_view text) {
        if (column != Columns::none) table_.set(column, kind, text);
        return true;
    }

    const char* at_;
    const char* end_;
    Columns columns_;
    Table& table_;
    /// As many as there are bits to tell which a row has; an answer with more is for the parser.
    std::array<Key, 64> keys_{};
    std::size_t count_ = 0;
    std::size_t last_key_ = 0;
};

}  // namespace

bool read_plain_rows(std::string_view answer, std::span<const std::string_view> keys,
                     Table& table) {
    return PlainRows(answer, keys, table).read();
}

}  // namespace proxmox::json
