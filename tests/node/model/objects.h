// Everything that is no guest: objects by the path under which the API lists them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/config.h"

namespace demo_node {

/// One object: what it is found by, and its members in the order they were set.
struct Item {
    std::string key;
    Config values{};
};

using Items = std::vector<Item>;

/// The objects of all collections; a collection comes to be when its first object does.
class Objects {
  public:
    Items& at(const std::string& path) { return collections_[path]; }
    const Items& look(const std::string& path) const;
    const Item* find(const std::string& path, std::string_view key) const;
    Item* find(const std::string& path, std::string_view key);

    /// Collections below a path lie in one file of the real node, and share its digest.
    std::string digest(std::string_view below) const;

    /// Forgets every collection below a path, as when a guest or a set goes.
    void forget(std::string_view below);

    /// All objects of the collections below a path, by their paths.
    std::map<std::string, Items> below(std::string_view path) const;

  private:
    std::map<std::string, Items> collections_;
};

struct Options;

/// What is there when the stage opens: storages, pools, and each node's cards.
Objects make_objects(const Options& options);

/// The paths of collections that more than one part of the code looks into.
inline constexpr std::string_view storages_path = "/storage";
inline constexpr std::string_view pools_path = "/pools";
std::string networks_path(std::string_view node);

/// "dir" for what is not known: then its disks are files.
std::string_view storage_type(const Objects& objects, std::string_view storage);

/// Disks of it are files below a directory, and have a format each.
bool holds_files(std::string_view type);

/// A disk takes snapshots by its format where it is a file, and by its storage's type elsewhere.
bool takes_snapshots(const Objects& objects, std::string_view volume);

}  // namespace demo_node
