// The nodes of one YAML document, composed from libyaml's events in guarded memory.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <yaml.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "document.h"
#include "yaml_memory.h"

namespace proxmox::vault {

using NodeId = std::uint32_t;

struct Node {
    enum class Kind { scalar, sequence, mapping };
    Kind kind = Kind::scalar;
    Value value;
    bool is_merge_key = false;
    std::vector<NodeId> children;  // of a mapping: key, value, key, value
};

/// A document as a graph: an alias is one more edge to the node of its anchor.
class Document::Tree {
  public:
    Outcome compose(std::string_view text);

    const Node& root() const { return nodes_.front(); }
    const Node& operator[](NodeId id) const { return nodes_[id]; }

  private:
    struct Anchor {
        std::string_view name;
        NodeId node;
    };

    Outcome compose_events();
    Outcome add_event(const yaml_event_t& event);
    Outcome add_node(Node node, const yaml_event_t& event, const yaml_char_t* anchor,
                     const yaml_char_t* tag);
    Outcome close_collection(std::size_t line);
    Outcome add_alias(const yaml_event_t& event);
    bool can_be_merged(const Node& value) const;
    const Anchor* find_anchor(std::string_view name) const;

    // Neither the parser nor its events are deleted one by one: all that they own, the texts of
    // the nodes included, lies in this memory and goes with it.
    YamlMemory memory_;
    yaml_parser_t parser_{};
    std::vector<Node> nodes_;
    std::vector<NodeId> open_;
    std::vector<Anchor> anchors_;
    std::size_t event_count_ = 0;
    int document_count_ = 0;
};

}  // namespace proxmox::vault
