// Which builds of OpenSSL there are: the one that is linked in, and the one that this system has.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "openssl_builds.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <openssl/crypto.h>

namespace proxmox {
namespace {

using Tell = const char*(int);

std::string told_by(Tell* tell) {
    return fmt::format("{}, {}", tell(OPENSSL_VERSION), tell(OPENSSL_BUILT_ON));
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
