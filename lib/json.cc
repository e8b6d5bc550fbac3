// JSON in: simdjson walks the bytes, and what comes out is a flat table of checked values.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: all that sees simdjson stands here, since each include of it costs seconds.
#include "json.h"

#include <simdjson.h>

#include <bit>
#include <cstring>

namespace proxmox::json {
namespace {

namespace ondemand = simdjson::ondemand;

std::unexpected<Error> malformed(std::string_view what) {
    return fail(Exit::line_failed, "not valid JSON: " + std::string(what));
}

std::unexpected<Error> malformed(simdjson::error_code code) {
    return malformed(simdjson::error_message(code));
}

std::string_view token_of(ondemand::value& value) { return value.raw_json_token(); }

std::string_view token_of(ondemand::document& document) {
    std::string_view token;
    return document.raw_json_token().get(token) == simdjson::SUCCESS ? token : std::string_view{};
}

/// JSON's grammar of numbers; how large one is does not matter here, it is printed as it came.
bool is_number(std::string_view token) {
    const auto digits = [&token] {
        const std::size_t count = std::min(token.find_first_not_of("0123456789"), token.size());
        token.remove_prefix(count);
        return count;
    };
    const auto skip = [&token](std::string_view any) {
        const bool found = !token.empty() && any.find(token.front()) != any.npos;
        token.remove_prefix(found ? 1 : 0);
        return found;
    };
    skip("-");
    const bool is_zero = token.starts_with('0');
    const std::size_t whole = digits();
    if (whole == 0 || (is_zero && whole > 1)) return false;
    if (skip(".") && digits() == 0) return false;
    if (skip("eE")) {
        skip("+-");
        if (digits() == 0) return false;
    }
    return token.empty();
}

std::string_view trimmed(std::string_view token) {
    const auto end = token.find_last_not_of(" \t\r\n");
    return end == std::string_view::npos ? std::string_view{} : token.substr(0, end + 1);
}

/// The parser has nothing left to point at.
bool is_at_end(ondemand::document& document) {
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

/// Past a lone number, however large, simdjson does not move by itself.
bool is_lone_number(std::string_view text) {
    text = trimmed(text);
    return is_number(text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size())));
}

/// Eight bytes at once: the lowest bit set is in the first quote or backslash; 0 when there is
/// none. What is parsed is padded, so that there are always eight to be read.
std::uint64_t quote_or_backslash(const char* bytes) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    const std::uint64_t quotes = word ^ (ones * '"');
    const std::uint64_t backslashes = word ^ (ones * '\\');
    return (((quotes - ones) & ~quotes) | ((backslashes - ones) & ~backslashes)) & (ones * 0x80);
}
static_assert(std::endian::native == std::endian::little);

/// A string in which nothing is escaped, from behind its first quote: it can stay where it is, and
/// a long list needs no second copy of its texts. Nothing when something is escaped. simdjson has
/// made sure by then that the string ends.
std::optional<std::string_view> literal_string(const char* start) {
    const char* end = start;
    while (quote_or_backslash(end) == 0) end += sizeof(std::uint64_t);
    end += std::countr_zero(quote_or_backslash(end)) / 8;
    if (*end == '\\') return std::nullopt;
    return std::string_view(start, static_cast<std::size_t>(end - start));
}

/// The key of a field, as above or copied without its escapes.
simdjson::error_code key_of(ondemand::field& field, std::string_view& key) {
    const auto literal = literal_string(field.key().raw());
    if (!literal) return field.unescaped_key().get(key);
    key = *literal;
    return simdjson::SUCCESS;
}

static_assert(padding >= simdjson::SIMDJSON_PADDING);

/// Copies one simdjson value into the flat table, checking what simdjson leaves to its caller.
class Builder {
  public:
    explicit Builder(std::vector<Node>& nodes) : nodes_(nodes) {}

    template <typename Source>
    Result<std::uint32_t> add(Source& source, std::string_view key, std::size_t depth) {
        if (depth > depth_limit) return malformed("nested too deep");
        ondemand::json_type type{};
        if (const auto code = source.type().get(type)) return malformed(code);
        const auto index = static_cast<std::uint32_t>(nodes_.size());
        Node& node = nodes_.emplace_back();
        node.key = key;
        node.mark = mark_of(key);
        switch (type) {
            case ondemand::json_type::object: return add_object(source, index, depth);
            case ondemand::json_type::array: return add_array(source, index, depth);
            default: return add_scalar(source, index, type);
        }
    }

  private:
    template <typename Source>
    Result<std::uint32_t> add_scalar(Source& source, std::uint32_t index,
                                     ondemand::json_type type) {
        Node& node = nodes_[index];
        const std::string_view token = trimmed(token_of(source));
        if (type == ondemand::json_type::string) {
            node.kind = Kind::string;
            if (const auto had = text_of(source, token, node.text); !had)
                return std::unexpected(had.error());
        } else if (type == ondemand::json_type::number) {
            node.kind = Kind::number;
            node.text = token;
            // Within an object or array simdjson moves on by itself.
            if (!is_number(token)) return malformed("not a number");
        } else if (type == ondemand::json_type::boolean) {
            node.kind = Kind::boolean;
            node.text = token;
            bool ignored = false;
            if (const auto code = source.get_bool().get(ignored)) return malformed(code);
        } else {
            node.kind = Kind::null;
            bool is_null = false;
            if (source.is_null().get(is_null) != simdjson::SUCCESS || !is_null)
                return malformed("unknown literal");
        }
        return index;
    }

    /// Asked for in either case, because asking is what moves simdjson on and checks the string.
    /// What is not escaped has been checked as UTF-8, which has no surrogates.
    template <typename Source>
    static Outcome text_of(Source& source, std::string_view token, std::string_view& text) {
        const auto literal = literal_string(token.data() + 1);
        ondemand::raw_json_string raw;
        const auto code =
            literal ? source.get_raw_json_string().get(raw) : source.get_string().get(text);
        if (code) return malformed(code);
        if (literal) text = *literal;
        if (!literal && has_surrogate(text)) return malformed("half a surrogate pair");
        return {};
    }

    template <typename Source>
    Result<std::uint32_t> add_array(Source& source, std::uint32_t index, std::size_t depth) {
        nodes_[index].kind = Kind::array;
        ondemand::array array;
        if (const auto code = source.get_array().get(array)) return malformed(code);
        std::uint32_t previous = 0;
        for (auto element : array) {
            ondemand::value value;
            if (const auto code = element.get(value)) return malformed(code);
            const auto child = add(value, {}, depth + 1);
            if (!child) return child;
            link(index, previous, *child);
            previous = *child;
        }
        return index;
    }

    template <typename Source>
    Result<std::uint32_t> add_object(Source& source, std::uint32_t index, std::size_t depth) {
        nodes_[index].kind = Kind::object;
        ondemand::object object;
        if (const auto code = source.get_object().get(object)) return malformed(code);
        std::uint32_t previous = 0;
        std::uint64_t seen = 0;
        for (auto element : object) {
            ondemand::field field;
            if (const auto code = std::move(element).get(field)) return malformed(code);
            std::string_view key;
            if (const auto code = key_of(field, key)) return malformed(code);
            if (is_repeated(index, key, seen)) return malformed("a key stands twice");
            ondemand::value value;
            value = field.value();
            const auto child = add(value, key, depth + 1);
            if (!child) return child;
            link(index, previous, *child);
            previous = *child;
        }
        return index;
    }

    /// `seen` has one bit for several marks: only keys that share a bit are compared.
    bool is_repeated(std::uint32_t object, std::string_view key, std::uint64_t& seen) const {
        const std::uint64_t bit = std::uint64_t{1} << (mark_of(key) % 64);
        const bool may_be = (seen & bit) != 0;
        seen |= bit;
        return may_be && Value(nodes_.data(), object)[key].exists();
    }

    /// simdjson lets a low surrogate through that has no high one before it.
    static bool has_surrogate(std::string_view text) {
        for (std::size_t at = text.find('\xED'); at != std::string_view::npos;
             at = text.find('\xED', at + 1))
            if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0)
                return true;
        return false;
    }

    void link(std::uint32_t parent, std::uint32_t previous, std::uint32_t child) {
        (previous == 0 ? nodes_[parent].first_child : nodes_[previous].next_sibling) = child;
    }

    std::vector<Node>& nodes_;
};

// The parser's tables grow to the largest document and are kept.
ondemand::parser& document_parser() {
    static ondemand::parser parser;
    return parser;
}

constexpr std::uint32_t root_index = 1;  // index 0 is the missing value

void start_table(std::vector<Node>& nodes) {
    nodes.clear();
    nodes.emplace_back();
}

void pad(std::string& text) {
    if (text.capacity() < text.size() + padding) text.reserve(text.size() + padding);
}

Outcome visit_rows(ondemand::array rows, std::vector<Node>& nodes,
                   const std::function<Outcome(const Value& row)>& visit) {
    for (auto element : rows) {
        ondemand::value value;
        if (const auto code = element.get(value)) return malformed(code);
        start_table(nodes);
        if (const auto row = Builder(nodes).add(value, {}, 0); !row)
            return std::unexpected(row.error());
        if (const auto seen = visit(Value(nodes.data(), root_index)); !seen) return seen;
    }
    return {};
}

}  // namespace

Result<Document> Document::parse(std::string_view text) {
    std::string padded(text);
    pad(padded);
    Document document;
    start_table(document.nodes_);
    ondemand::document source;
    if (const auto code = document_parser().iterate(padded).get(source)) return malformed(code);
    const auto root = Builder(document.nodes_).add(source, {}, 0);
    if (!root) return std::unexpected(root.error());
    const bool is_whole =
        document.root().is(Kind::number) ? is_lone_number(text) : is_at_end(source);
    if (!is_whole) return malformed("something stands behind the value");
    document.own_texts();
    return document;
}

Value Document::root() const { return nodes_.empty() ? Value{} : Value(nodes_.data(), root_index); }

/// What the nodes point at belongs to the parser, which the next document overwrites.
void Document::own_texts() {
    std::size_t size = 0;
    for (const Node& node : nodes_) size += node.key.size() + node.text.size();
    texts_.reserve(size);
    const auto keep = [this](std::string_view& text) {
        const std::size_t start = texts_.size();
        texts_.insert(texts_.end(), text.begin(), text.end());
        text = {texts_.data() + start, text.size()};
    };
    for (Node& node : nodes_) {
        keep(node.key);
        keep(node.text);
    }
}

Outcome each_row(std::string& answer, const std::function<Outcome(const Value& row)>& visit) {
    pad(answer);
    std::vector<Node> nodes;
    // Of its own, since whoever looks at a row may parse another document; its tables, larger than
    // the answer, go when it ends.
    ondemand::parser parser;
    ondemand::document source;
    if (const auto code = parser.iterate(answer).get(source)) return malformed(code);
    ondemand::object object;
    if (const auto code = source.get_object().get(object)) return malformed(code);
    bool found = false;
    for (auto field : object) {
        std::string_view key;
        if (const auto code = field.unescaped_key().get(key)) return malformed(code);
        ondemand::value value;
        if (const auto code = field.value().get(value)) return malformed(code);
        if (key == "data") {
            if (found) return malformed("a key stands twice");
            found = true;
            ondemand::array rows;
            if (value.get_array().get(rows)) return malformed("data is not an array");
            if (const auto seen = visit_rows(rows, nodes, visit); !seen) return seen;
        } else {
            start_table(nodes);
            if (const auto other = Builder(nodes).add(value, key, 0); !other)
                return std::unexpected(other.error());
        }
    }
    if (!found) return malformed("there is no data");
    if (!is_at_end(source)) return malformed("something stands behind the value");
    return {};
}

}  // namespace proxmox::json
