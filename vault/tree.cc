// The nodes of one YAML document: what ansible's loader accepts, within limits of our own.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tree.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "plain_scalar.h"

namespace proxmox::vault {
namespace {

// libyaml's scanner takes a time that grows with depth times length.
constexpr std::size_t depth_limit = 64;
constexpr std::size_t element_limit = 65'536;
constexpr std::size_t anchor_limit = 1'000;

std::string_view as_view(const yaml_char_t* text) {
    return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

std::unexpected<Error> unacceptable(std::string message) {
    return fail(Exit::credentials, std::move(message), "correct it with: ansible-vault edit");
}

std::unexpected<Error> at_line(std::size_t line, std::string_view cause) {
    return unacceptable("line " + std::to_string(line + 1) + ": " + std::string(cause));
}

std::unexpected<Error> parser_failure(const yaml_parser_t& parser) {
    if (parser.error == YAML_MEMORY_ERROR) return unacceptable("the YAML has too many elements");
    const std::string_view problem = parser.problem ? parser.problem : "not YAML";
    if (parser.error == YAML_READER_ERROR)
        return unacceptable("byte " + std::to_string(parser.problem_offset) + ": " +
                            std::string(problem));
    return at_line(parser.problem_mark.line, problem);
}

/// The tags that ansible's loader knows; with any other it refuses the whole document.
bool is_known_tag(std::string_view tag) {
    constexpr std::string_view yaml = "tag:yaml.org,2002:";
    constexpr auto types = std::to_array<std::string_view>(
        {"null", "bool", "int", "float", "binary", "timestamp", "omap", "pairs", "set", "str",
         "seq", "map", "python/unicode", "python/dict"});
    if (tag == "!vault" || tag == "!vault-encrypted" || tag == "!unsafe") return true;
    return tag.starts_with(yaml) &&
           std::ranges::find(types, tag.substr(yaml.size())) != types.end();
}

bool is_text_tag(std::string_view tag) {
    return tag == "!unsafe" || tag == "tag:yaml.org,2002:str" ||
           tag == "tag:yaml.org,2002:python/unicode";
}

bool is_mapping_tag(std::string_view tag) {
    return tag.empty() || tag == "!" || tag == "tag:yaml.org,2002:map" ||
           tag == "tag:yaml.org,2002:python/dict";
}

Node scalar_node(const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    const std::string_view tag = as_view(scalar.tag);
    const std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
    Node node{.kind = Node::Kind::scalar, .value = {Value::Kind::text, text}, .children = {}};
    if (tag == "!vault" || tag == "!vault-encrypted") {
        node.value.kind = Value::Kind::encrypted;
    } else if (tag.empty() || tag == "!") {
        if (!scalar.plain_implicit) return node;
        node.is_merge_key = text == "<<";
        const PlainScalar type = classify_plain_scalar(text);
        if (type == PlainScalar::null) node.value.kind = Value::Kind::null;
        if (type == PlainScalar::retyped) node.value.kind = Value::Kind::retyped;
    } else if (tag == "tag:yaml.org,2002:null") {
        node.value.kind = Value::Kind::null;
    } else if (!is_text_tag(tag)) {
        node.value.kind = Value::Kind::retyped;
    }
    return node;
}

/// `=` and `<<` mean something as keys only; as values they have a type without a meaning.
bool loads_as_value(const Node& node) {
    return node.value.kind != Value::Kind::retyped ||
           (node.value.text != "=" && node.value.text != "<<");
}

Node collection_node(Node::Kind kind) {
    return {.kind = kind, .value = {Value::Kind::collection, {}}, .children = {}};
}

}  // namespace

Outcome Document::Tree::compose(std::string_view text) {
    const YamlMemory::Use use(memory_);
    if (!yaml_parser_initialize(&parser_))
        return fail(Exit::credentials, "locked memory for YAML cannot be had");
    // ansible decodes the file before it parses it, so a byte order mark selects nothing.
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
    return compose_events();
}

Outcome Document::Tree::compose_events() {
    for (;;) {
        yaml_event_t event{};
        if (!yaml_parser_parse(&parser_, &event)) return parser_failure(parser_);
        if (event.type == YAML_STREAM_END_EVENT) break;
        if (Outcome added = add_event(event); !added) return added;
    }
    if (nodes_.empty()) return unacceptable("there is nothing in it");
    return {};
}

Outcome Document::Tree::add_event(const yaml_event_t& event) {
    const std::size_t line = event.start_mark.line;
    if (++event_count_ > element_limit) return at_line(line, "the YAML has too many elements");
    switch (event.type) {
        case YAML_DOCUMENT_START_EVENT:
            if (++document_count_ > 1) return at_line(line, "a second YAML document begins");
            return {};
        case YAML_SCALAR_EVENT:
            return add_node(scalar_node(event), event, event.data.scalar.anchor,
                            event.data.scalar.tag);
        case YAML_SEQUENCE_START_EVENT:
            return add_node(collection_node(Node::Kind::sequence), event,
                            event.data.sequence_start.anchor, event.data.sequence_start.tag);
        case YAML_MAPPING_START_EVENT:
            return add_node(collection_node(Node::Kind::mapping), event,
                            event.data.mapping_start.anchor, event.data.mapping_start.tag);
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT: return close_collection(line);
        case YAML_ALIAS_EVENT: return add_alias(event);
        default: return {};
    }
}

Outcome Document::Tree::add_node(Node node, const yaml_event_t& event, const yaml_char_t* anchor,
                                 const yaml_char_t* tag) {
    const std::size_t line = event.start_mark.line;
    const std::string_view tag_name = as_view(tag);
    if (!tag_name.empty() && tag_name != "!" && !is_known_tag(tag_name))
        return at_line(line, "a YAML tag that ansible does not know");
    if (nodes_.empty() && (node.kind != Node::Kind::mapping || !is_mapping_tag(tag_name)))
        return fail(Exit::credentials, "its content is not a YAML mapping",
                    "it must consist of lines such as: proxmox_node: \"pve\"");
    const auto id = static_cast<NodeId>(nodes_.size());
    if (anchor) {
        if (find_anchor(as_view(anchor))) return at_line(line, "a YAML anchor is defined twice");
        if (anchors_.size() == anchor_limit) return at_line(line, "the YAML has too many anchors");
        anchors_.push_back({as_view(anchor), id});
    }
    if (!open_.empty()) nodes_[open_.back()].children.push_back(id);
    if (node.kind != Node::Kind::scalar) open_.push_back(id);
    if (open_.size() > depth_limit) return at_line(line, "the YAML is nested too deeply");
    nodes_.push_back(std::move(node));
    return {};
}

Outcome Document::Tree::add_alias(const yaml_event_t& event) {
    const Anchor* anchor = find_anchor(as_view(event.data.alias.anchor));
    if (!anchor) return at_line(event.start_mark.line, "a YAML alias of nothing");
    nodes_[open_.back()].children.push_back(anchor->node);
    return {};
}

Outcome Document::Tree::close_collection(std::size_t line) {
    const Node& node = nodes_[open_.back()];
    open_.pop_back();
    if (node.kind == Node::Kind::sequence) {
        const bool loads = std::ranges::all_of(
            node.children, [&](NodeId item) { return loads_as_value(nodes_[item]); });
        if (!loads) return at_line(line, "a YAML value that ansible cannot load");
        return {};
    }
    for (std::size_t i = 0; i < node.children.size(); i += 2) {
        const Node& key = nodes_[node.children[i]];
        const Node& value = nodes_[node.children[i + 1]];
        // Python can use neither lists nor dictionaries as keys; `{{ x }}` without quotes is both.
        if (key.kind != Node::Kind::scalar)
            return at_line(line, "a YAML key that is not a single value");
        if (key.is_merge_key && !can_be_merged(value))
            return at_line(line, "a YAML merge key (<<) does not name a mapping");
        if (!loads_as_value(value)) return at_line(line, "a YAML value that ansible cannot load");
    }
    return {};
}

bool Document::Tree::can_be_merged(const Node& value) const {
    const auto is_mapping = [&](NodeId id) { return nodes_[id].kind == Node::Kind::mapping; };
    return value.kind == Node::Kind::mapping ||
           (value.kind == Node::Kind::sequence && std::ranges::all_of(value.children, is_mapping));
}

const Document::Tree::Anchor* Document::Tree::find_anchor(std::string_view name) const {
    const auto found = std::ranges::find(anchors_, name, &Anchor::name);
    return found == anchors_.end() ? nullptr : &*found;
}

}  // namespace proxmox::vault
