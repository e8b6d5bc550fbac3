// JSON in: simdjson walks the bytes, and what comes out is a flat table of checked values.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: all that sees simdjson stands here, since each include of it costs seconds.
#include "json/json.h"

#include <simdjson.h>

#include <array>
#include <set>
#include <utility>

#include "json/json_columns.h"
#include "json/json_table.h"
#include "json/json_text.h"
#include "json/plain_rows.h"

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

/// The parser has nothing left to point at.
bool is_at_end(ondemand::document& document) {
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

/// Past a lone number, however large, simdjson does not move by itself.
bool is_lone_number(std::string_view text) {
    text = without_space(text);
    return is_number(text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size())));
}

/// The key of a field, as above or copied without its escapes.
simdjson::error_code key_of(ondemand::field& field, std::string_view& key) {
    const auto literal = literal_string(field.key().raw());
    if (!literal) return field.unescaped_key().get(key);
    key = *literal;
    return simdjson::SUCCESS;
}

/// Asked for in either case, because asking is what moves simdjson on and checks the string. What
/// is not escaped has been checked as UTF-8, which has no surrogates.
template <typename Source>
Result<std::string_view> text_of(Source& source, std::string_view token) {
    if (const auto literal = literal_string(token.data() + 1)) {
        ondemand::raw_json_string raw;
        if (const auto code = source.get_raw_json_string().get(raw)) return malformed(code);
        return *literal;
    }
    std::string_view text;
    if (const auto code = source.get_string().get(text)) return malformed(code);
    if (has_surrogate(text)) return malformed("half a surrogate pair");
    return text;
}

template <typename Source>
Result<Field> scalar_of(Source& source, ondemand::json_type type) {
    const std::string_view token = without_space(token_of(source));
    if (type == ondemand::json_type::string) {
        const auto text = text_of(source, token);
        if (!text) return std::unexpected(text.error());
        return Field{Kind::string, *text};
    }
    if (type == ondemand::json_type::number) {
        // Within an object or array simdjson moves on by itself.
        if (!is_number(token)) return malformed("not a number");
        return Field{Kind::number, token};
    }
    if (type == ondemand::json_type::boolean) {
        bool ignored = false;
        if (const auto code = source.get_bool().get(ignored)) return malformed(code);
        return Field{Kind::boolean, token};
    }
    bool is_null = false;
    if (source.is_null().get(is_null) != simdjson::SUCCESS || !is_null)
        return malformed("unknown literal");
    return Field{Kind::null, {}};
}

static_assert(padding >= simdjson::SIMDJSON_PADDING);

/// More keys than that are not compared one by one, which would take their number squared.
constexpr std::size_t few_keys = 64;

/// Copies one simdjson value into the flat table, checking what simdjson leaves to its caller.
class Builder {
  public:
    explicit Builder(std::vector<Node>& nodes) : nodes_(nodes) {}

    template <typename Source>
    Result<std::uint32_t> add(Source& source, std::string_view key, std::size_t depth) {
        if (depth > depth_limit) return malformed("nested too deep");
        if (nodes_.size() > values_limit) return malformed("too many values");
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
        const auto scalar = scalar_of(source, type);
        if (!scalar) return std::unexpected(scalar.error());
        nodes_[index].kind = scalar->kind;
        nodes_[index].text = scalar->text;
        return index;
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
        Seen seen;
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

    /// The keys of an object so far.
    struct Seen {
        /// One bit for several marks: only keys that share a bit are compared.
        std::uint64_t marks = 0;
        std::size_t count = 0;
        std::set<std::string_view> many{};
    };

    bool is_repeated(std::uint32_t object, std::string_view key, Seen& seen) const {
        const std::uint64_t bit = std::uint64_t{1} << (mark_of(key) % 64);
        const bool may_be = (seen.marks & bit) != 0;
        seen.marks |= bit;
        const Value so_far(nodes_.data(), object);
        if (++seen.count <= few_keys) return may_be && so_far[key].exists();
        if (seen.many.empty())
            so_far.each([&seen](const Value& member) { seen.many.insert(member.key()); });
        return !seen.many.insert(key).second;
    }

    void link(std::uint32_t parent, std::uint32_t previous, std::uint32_t child) {
        (previous == 0 ? nodes_[parent].first_child : nodes_[previous].next_sibling) = child;
    }

    std::vector<Node>& nodes_;
};

// The parser's tables grow to the largest document and are kept. For one thread: a table for each
// would need memory to be torn down, and glibc ends the process where there is none.
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

/// Calls `take` with the array `data`, and checks all else that the answer consists of.
template <typename Take>
Outcome with_data(std::string& answer, const Take& take) {
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
            if (std::exchange(found, true)) return malformed("a key stands twice");
            ondemand::array rows;
            if (value.get_array().get(rows)) return malformed("data is not an array");
            if (const auto taken = take(rows); !taken) return taken;
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

/// Fills a Table from the elements of an array.
class RowReader {
  public:
    RowReader(std::span<const std::string_view> keys, Table& table)
        : columns_(keys), table_(table) {}

    Outcome read(ondemand::array rows) {
        for (auto element : rows) {
            ondemand::object row;
            if (const auto code = element.get_object().get(row)) {
                if (code != simdjson::INCORRECT_TYPE) return malformed(code);
                return fail(Exit::line_failed, "a row is not an object");
            }
            if (const auto had = read_row(row); !had) return had;
        }
        return {};
    }

  private:
    Outcome read_row(ondemand::object row) {
        if (table_.rows() == rows_limit) return malformed("too many rows");
        table_.add_row();
        keys_.clear();
        many_.clear();
        seen_ = {};
        for (auto element : row) {
            ondemand::field field;
            if (const auto code = std::move(element).get(field)) return malformed(code);
            std::string_view key;
            if (const auto code = key_of(field, key)) return malformed(code);
            if (is_repeated(key)) return malformed("a key stands twice");
            if (const auto had = read_value(field.value(), columns_.find(key, mark_of(key))); !had)
                return had;
        }
        return {};
    }

    Outcome read_value(ondemand::value value, std::size_t column) {
        ondemand::json_type type{};
        if (const auto code = value.type().get(type)) return malformed(code);
        if (type == ondemand::json_type::object || type == ondemand::json_type::array)
            return read_nested(value, column);
        const auto field = scalar_of(value, type);
        if (!field) return std::unexpected(field.error());
        if (column != Columns::none) table_.set(column, field->kind, field->text);
        return {};
    }

    Outcome read_nested(ondemand::value value, std::size_t column) {
        start_table(nodes_);
        if (const auto nested = Builder(nodes_).add(value, {}, 1); !nested)
            return std::unexpected(nested.error());
        if (column == Columns::none) return {};
        const Value root(nodes_.data(), root_index);
        std::string text;
        write(text, root);
        table_.set(column, root.kind(), text);
        return {};
    }

    /// Only keys with the same mark are compared.
    bool is_repeated(std::string_view key) {
        const std::uint8_t mark = mark_of(key);
        const bool may_be = std::exchange(seen_[mark], true);
        if (keys_.size() == few_keys) {
            if (many_.empty()) many_.insert(keys_.begin(), keys_.end());
            return !many_.insert(key).second;
        }
        const bool is = may_be && std::ranges::find(keys_, key) != keys_.end();
        keys_.push_back(key);
        return is;
    }

    Columns columns_;
    Table& table_;
    std::vector<Node> nodes_;
    std::vector<std::string_view> keys_;
    /// Where they are many.
    std::set<std::string_view> many_;
    std::array<bool, 256> seen_{};
};

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
    std::vector<Node> nodes;
    return with_data(answer, [&](ondemand::array rows) -> Outcome {
        for (auto element : rows) {
            ondemand::value value;
            if (const auto code = element.get(value)) return malformed(code);
            start_table(nodes);
            if (const auto row = Builder(nodes).add(value, {}, 0); !row)
                return std::unexpected(row.error());
            if (const auto seen = visit(Value(nodes.data(), root_index)); !seen) return seen;
        }
        return {};
    });
}

Result<Table> read_table(std::string& answer, std::span<const std::string_view> keys) {
    pad(answer);
    Table table(answer, keys.size());
    // Without tables of a parser, larger than the answer itself, and in a third of the time.
    if (simdjson::validate_utf8(answer) && read_plain_rows(without_space(answer), keys, table))
        return table;
    table.clear();
    RowReader reader(keys, table);
    const auto whole =
        with_data(answer, [&reader](ondemand::array rows) { return reader.read(rows); });
    if (!whole) return std::unexpected(whole.error());
    return table;
}

}  // namespace proxmox::json
