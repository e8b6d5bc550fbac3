// Which builds of OpenSSL there are: the one that is linked in, and the one that this system has.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace proxmox {

/// Version and date of the build, as the library tells them; both forms of one package agree.
std::string linked_openssl();

/// The same of the system's shared library, which is loaded for that; empty where there is none.
std::string installed_openssl();

}  // namespace proxmox
