// One YAML document: the look-up in its root mapping, merge keys included.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "document.h"

#include <utility>

#include "tree.h"

namespace proxmox::vault {
namespace {

constexpr int merge_depth_limit = 16;
constexpr int merge_search_limit = 10'000;

}  // namespace

/// One look-up: the last of duplicates wins over the others, and any of them over merged ones.
class Document::Search {
  public:
    Search(const Tree& tree, std::string_view key) : tree_(tree), key_(key) {}

    Result<Value> in_mapping(const Node& mapping, int depth) {
        if (depth == 0 || --visits_left_ < 0)
            return fail(Exit::credentials, "its YAML merge keys (<<) go too deep",
                        "write the settings into the outermost mapping");
        const std::vector<NodeId>& children = mapping.children;
        for (std::size_t i = children.size(); i > 0; i -= 2) {
            const Value& name = tree_[children[i - 2]].value;
            if (name.kind == Value::Kind::text && name.text == key_)
                return tree_[children[i - 1]].value;
        }
        for (std::size_t i = children.size(); i > 0; i -= 2) {
            if (!tree_[children[i - 2]].is_merge_key) continue;
            const Result<Value> merged = in_merged(tree_[children[i - 1]], depth - 1);
            if (!merged || merged->kind != Value::Kind::missing) return merged;
        }
        return Value{};
    }

  private:
    /// Of several merged mappings the first that has the key gives the value.
    Result<Value> in_merged(const Node& source, int depth) {
        if (source.kind == Node::Kind::mapping) return in_mapping(source, depth);
        for (const NodeId item : source.children) {
            const Result<Value> merged = in_mapping(tree_[item], depth);
            if (!merged || merged->kind != Value::Kind::missing) return merged;
        }
        return Value{};
    }

    const Tree& tree_;
    std::string_view key_;
    int visits_left_ = merge_search_limit;
};

Document::Document(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::parse(std::string_view text) {
    auto tree = std::make_unique<Tree>();
    if (const Outcome composed = tree->compose(text); !composed)
        return std::unexpected(composed.error());
    return Document(std::move(tree));
}

Result<Value> Document::find(std::string_view key) const {
    return Search(*tree_, key).in_mapping(tree_->root(), merge_depth_limit);
}

}  // namespace proxmox::vault
