// Which OpenSSL is linked in and which one this system has, as its packages' versions.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "openssl_package.h"

#include <fstream>

#include "openssl_build.h"

namespace proxmox {
namespace {

constexpr const char* list_of_packages = "/var/lib/dpkg/status";

/// "libssl3", and "libssl3t64" since Debian 13.
bool names_library(std::string_view line) {
    return line == "Package: libssl3" || line == "Package: libssl3t64";
}

}  // namespace

std::string linked_openssl() { return std::string(linked_openssl_package); }

std::string installed_openssl() {
    std::ifstream packages(list_of_packages);
    return installed_openssl_in(packages);
}

std::string installed_openssl_in(std::istream& packages) {
    constexpr std::string_view version = "Version: ";
    bool is_library = false;
    for (std::string line; std::getline(packages, line);) {
        if (line.starts_with("Package: ")) is_library = names_library(line);
        if (is_library && line.starts_with(version)) return line.substr(version.size());
    }
    return {};
}

}  // namespace proxmox
