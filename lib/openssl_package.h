// Which OpenSSL is linked in and which one this system has, as its packages' versions.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <istream>
#include <string>

namespace proxmox {

/// The version of the package that was linked in; empty where the system's is loaded anyway.
std::string linked_openssl();

/// The version that this system has, by its list of packages; empty where it keeps none.
std::string installed_openssl();

/// The same from such a list.
std::string installed_openssl_in(std::istream& packages);

}  // namespace proxmox
