// Where runs keep what other runs have to know: a directory of the user's, apart for each API host.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/state_place.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>

namespace proxmox {
namespace {

constexpr mode_t directory_mode = 0700;

/// Variables that name no absolute path are as good as none.
std::string absolute(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && value[0] == '/' ? value : "";
}

}  // namespace

std::string state_path(std::string_view kind, std::string_view host_and_port) {
    std::string name(host_and_port);
    for (char& byte : name)
        if (byte == '/' || byte == ':') byte = '_';
    if (const std::string state = absolute("XDG_STATE_HOME"); !state.empty())
        return fmt::format("{}/range42/{}/{}", state, kind, name);
    if (const std::string home = absolute("HOME"); !home.empty())
        return fmt::format("{}/.local/state/range42/{}/{}", home, kind, name);
    return {};
}

void make_directories_above(const std::string& path) {
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1))
        (void)mkdir(path.substr(0, slash).c_str(), directory_mode);
}

}  // namespace proxmox
