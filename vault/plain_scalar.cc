// How YAML 1.1 types a scalar without quotes: the resolver that PyYAML uses, as recognisers.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plain_scalar.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace proxmox::vault {
namespace {

constexpr std::string_view decimal = "0123456789";
constexpr std::string_view decimal_spaced = "0123456789_";

/// What is left of a scalar; each `take` removes what it recognises.
class Cursor {
  public:
    explicit Cursor(std::string_view text) : rest_(text) {}

    bool is_at(char next) const { return rest_.starts_with(next); }
    bool at_end() const { return rest_.empty(); }
    bool take(char wanted) { return take_one_of({&wanted, 1}); }
    bool take_one_of(std::string_view set) {
        if (rest_.empty() || set.find(rest_[0]) == set.npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::size_t take_all_of(std::string_view set) {
        const std::size_t count = std::min(rest_.find_first_not_of(set), rest_.size());
        rest_.remove_prefix(count);
        return count;
    }
    bool is_only(std::string_view set) const {
        return !rest_.empty() && rest_.find_first_not_of(set) == rest_.npos;
    }
    bool is_one_of(auto... words) const { return ((rest_ == words) || ...); }
    bool take_word(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }

  private:
    std::string_view rest_;
};

bool take_digits(Cursor& cursor, int fewest, int most) {
    int count = 0;
    while (count < most && cursor.take_one_of(decimal)) ++count;
    return count >= fewest;
}

/// One or more groups of `:59`, as in hours, minutes and seconds.
bool take_sexagesimal(Cursor& cursor) {
    int groups = 0;
    for (; cursor.take(':'); ++groups) {
        const bool two_digits_allowed = cursor.take_one_of("012345");
        if (!cursor.take_one_of(decimal) && !two_digits_allowed) return false;
    }
    return groups > 0;
}

bool is_integer(std::string_view text) {
    Cursor cursor(text);
    cursor.take_one_of("-+");
    if (cursor.is_one_of("0")) return true;
    if (cursor.take_word("0b")) return cursor.is_only("01_");
    if (cursor.take_word("0x")) return cursor.is_only("0123456789abcdefABCDEF_");
    if (cursor.take('0')) return cursor.is_only("01234567_");
    if (!cursor.take_one_of(decimal)) return false;
    cursor.take_all_of(decimal_spaced);
    return cursor.at_end() || (take_sexagesimal(cursor) && cursor.at_end());
}

bool ends_with_exponent_at_most(Cursor cursor) {
    if (cursor.at_end()) return true;
    return cursor.take_one_of("eE") && cursor.take_one_of("-+") && cursor.is_only(decimal);
}

bool is_float(std::string_view text) {
    Cursor cursor(text);
    if (cursor.is_one_of(".nan", ".NaN", ".NAN")) return true;
    const bool has_sign = cursor.take_one_of("-+");
    if (cursor.is_one_of(".inf", ".Inf", ".INF")) return true;
    if (cursor.take('.')) {
        if (has_sign || !cursor.take_one_of(decimal)) return false;
        cursor.take_all_of(decimal_spaced);
        return ends_with_exponent_at_most(cursor);
    }
    if (!cursor.take_one_of(decimal)) return false;
    cursor.take_all_of(decimal_spaced);
    const bool sexagesimal = cursor.is_at(':');
    if (sexagesimal && !take_sexagesimal(cursor)) return false;
    if (!cursor.take('.')) return false;
    cursor.take_all_of(decimal_spaced);
    return sexagesimal ? cursor.at_end() : ends_with_exponent_at_most(cursor);
}

bool is_date(std::string_view text) {
    Cursor cursor(text);
    return take_digits(cursor, 4, 4) && cursor.take('-') && take_digits(cursor, 2, 2) &&
           cursor.take('-') && take_digits(cursor, 2, 2) && cursor.at_end();
}

bool is_time_zone(Cursor cursor) {
    if (cursor.is_one_of("Z")) return true;
    if (!cursor.take_one_of("-+") || !take_digits(cursor, 1, 2)) return false;
    return cursor.at_end() || (cursor.take(':') && take_digits(cursor, 2, 2) && cursor.at_end());
}

bool is_timestamp(std::string_view text) {
    Cursor cursor(text);
    if (!take_digits(cursor, 4, 4) || !cursor.take('-') || !take_digits(cursor, 1, 2) ||
        !cursor.take('-') || !take_digits(cursor, 1, 2))
        return false;
    if (!cursor.take_one_of("Tt") && cursor.take_all_of(" \t") == 0) return false;
    if (!take_digits(cursor, 1, 2) || !cursor.take(':') || !take_digits(cursor, 2, 2) ||
        !cursor.take(':') || !take_digits(cursor, 2, 2))
        return false;
    if (cursor.take('.')) cursor.take_all_of(decimal);
    if (cursor.at_end()) return true;
    cursor.take_all_of(" \t");
    return is_time_zone(cursor);
}

bool is_boolean(std::string_view text) {
    constexpr auto words = std::to_array<std::string_view>(
        {"yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE",
         "on", "On", "ON", "off", "Off", "OFF"});
    return std::ranges::find(words, text) != words.end();
}

/// A whole number that reads the same after ansible has turned it into a number and back.
bool is_canonical_integer(std::string_view text) {
    return !text.empty() && text.find_first_not_of(decimal) == text.npos &&
           (text[0] != '0' || text.size() == 1);
}

}  // namespace

PlainScalar classify_plain_scalar(std::string_view text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL")
        return PlainScalar::null;
    if (is_canonical_integer(text)) return PlainScalar::text;
    const bool retyped = text == "=" || text == "<<" || is_boolean(text) || is_integer(text) ||
                         is_float(text) || is_date(text) || is_timestamp(text);
    return retyped ? PlainScalar::retyped : PlainScalar::text;
}

}  // namespace proxmox::vault
