// OpenSSL's start: the system's configuration, whatever the environment says.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "openssl_start.h"

#include <openssl/crypto.h>

#include <cstdlib>
#include <optional>
#include <string>

namespace proxmox {
namespace {

/// A variable that is not set while this lives.
class SetAside {
  public:
    explicit SetAside(const char* name) : name_(name) {
        if (const char* value = std::getenv(name); value != nullptr) value_ = value;
        unsetenv(name);
    }
    ~SetAside() {
        if (value_) setenv(name_, value_->c_str(), 1);
    }
    SetAside(const SetAside&) = delete;
    SetAside& operator=(const SetAside&) = delete;

  private:
    const char* name_;
    std::optional<std::string> value_;
};

}  // namespace

void start_openssl() {
    // These can load code into the process that is about to hold the token. They are only set
    // aside: a password script of the user's may need them.
    const SetAside configuration("OPENSSL_CONF");
    const SetAside inclusions("OPENSSL_CONF_INCLUDE");
    const SetAside modules("OPENSSL_MODULES");
    const SetAside engines("OPENSSL_ENGINES");
    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr);
}

}  // namespace proxmox
