// Fetching a small file from a web server on this machine, as the node's own wget would.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace demo_node {

/// The file at "http://127.0.0.1:PORT/PATH", or Proxmox's words for why there is none. Nobody else
/// is served meanwhile, so that the server has to be another process.
std::expected<std::string, std::string> fetch(std::string_view url);

/// The checksum in hexadecimal digits, by the name that Proxmox has for its algorithm.
std::string checksum_of(std::string_view content, const std::string& algorithm);

}  // namespace demo_node
