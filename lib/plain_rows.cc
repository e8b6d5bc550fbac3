// Rows in the one form in which Proxmox writes lists, read where they stand, without a parser.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plain_rows.h"

#include <array>
#include <optional>
#include <vector>

#include "json_columns.h"
#include "json_text.h"

namespace proxmox::json {
namespace {

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
        if (!skip('{')) return false;
        table_.add_row();
        keys_.clear();
        ++row_;
        if (skip('}')) return true;
        do {
            const auto key = read_string();
            if (!key || !skip(':')) return false;
            const std::uint8_t mark = mark_of(*key);
            if (is_repeated(*key, mark) || !read_value(columns_.find(*key, mark))) return false;
        } while (skip(','));
        return skip('}');
    }

    bool read_value(std::size_t column) {
        if (at_ < end_ && *at_ == '"') {
            const auto text = read_string();
            return text && keep(column, Kind::string, *text);
        }
        const char* start = at_;
        while (at_ < end_ && is_digit(*at_)) ++at_;
        // Most values are whole numbers.
        const bool is_whole = at_ < end_ && (*at_ == ',' || *at_ == '}') && *start >= '1';
        if (is_whole && at_ > start)
            return keep(column, Kind::number, {start, static_cast<std::size_t>(at_ - start)});
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

    /// Only keys with the same mark are compared.
    bool is_repeated(std::string_view key, std::uint8_t mark) {
        std::uint32_t& last_row = last_row_with_[mark];
        const bool is = last_row == row_ && std::ranges::find(keys_, key) != keys_.end();
        last_row = row_;
        keys_.push_back(key);
        return is;
    }

    const char* at_;
    const char* end_;
    Columns columns_;
    Table& table_;
    std::vector<std::string_view> keys_;
    std::uint32_t row_ = 0;
    std::array<std::uint32_t, 256> last_row_with_{};
};

}  // namespace

bool read_plain_rows(std::string_view answer, std::span<const std::string_view> keys,
                     Table& table) {
    return PlainRows(answer, keys, table).read();
}

}  // namespace proxmox::json
