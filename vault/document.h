// One YAML document, read with libyaml: the values of a mapping as ansible's loader sees them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/error.h"

namespace proxmox::vault {

/// The value of one key. `text` is meaningful for `text` and `encrypted`.
struct Value {
    enum class Kind {
        missing,
        null,
        text,
        encrypted,  ///< an inline `!vault` scalar: `text` is an envelope
        retyped,    ///< a number, boolean or date, which ansible would not send as it is written
        collection,
    };
    Kind kind = Kind::missing;
    std::string_view text;
};

/// A document whose root is a mapping, held in guarded memory.
class Document {
  public:
    /// The message of a failure says where, and nothing of what is written there.
    static Result<Document> parse(std::string_view text);
    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    ~Document();

    /// The last of duplicate keys wins, and any of them over merged (`<<`) ones. The view is valid
    /// while the document lives.
    Result<Value> find(std::string_view key) const;

  private:
    class Tree;
    class Search;
    explicit Document(std::unique_ptr<Tree> tree);

    std::unique_ptr<Tree> tree_;
};

}  // namespace proxmox::vault
