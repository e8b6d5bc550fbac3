// Which builds of OpenSSL there are: the one that is linked in, and the one that this system has.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trust/openssl_builds.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <string_view>

namespace proxmox {
namespace {

using Tell = const char*(int);

/// "OpenSSL 3.0.17 ..." and "built on: ...", without the words that a reader has no need of.
std::string told_by(Tell* tell) {
    const std::string_view version = tell(OPENSSL_VERSION);
    const std::string_view build = tell(OPENSSL_BUILT_ON);
    return fmt::format("{}, built {}", version.substr(version.find(' ') + 1),
                       build.substr(build.find(": ") + 2));
}

}  // namespace

std::string linked_openssl() { return told_by(OpenSSL_version); }

std::string installed_openssl() {
    void* library = dlopen("libcrypto.so.3", RTLD_LAZY | RTLD_LOCAL);
    if (library == nullptr) return {};
    auto* const tell = reinterpret_cast<Tell*>(dlsym(library, "OpenSSL_version"));
    return tell == nullptr ? std::string{} : told_by(tell);
}

}  // namespace proxmox
