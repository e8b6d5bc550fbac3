// A workshop for vault tests: directories that vanish, files, and vaults written with EVP.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace proxmox::vault::test {

/// A new directory, removed with its content in the end.
class Workshop {
  public:
    Workshop();
    Workshop(const Workshop&) = delete;
    Workshop& operator=(const Workshop&) = delete;
    ~Workshop();

    std::string path(std::string_view name) const { return directory_ + "/" + std::string(name); }
    const std::string& directory() const { return directory_; }
    std::string write(std::string_view name, std::string_view content, mode_t mode = 0600) const;

  private:
    std::string directory_;
};

std::string read_file(const std::string& path);
std::string hexlify(std::string_view bytes);

struct Sealing {
    std::string salt = "0123456789abcdef0123456789abcdef";
    std::string header = "$ANSIBLE_VAULT;1.1;AES256";
    bool pad = true;
};

/// The inner text of an envelope, SALT \n MAC \n CIPHERTEXT in hexadecimal.
std::string seal_body(std::string_view plaintext, std::string_view password,
                      const Sealing& sealing = {});

/// An inner text as a vault file: hexadecimal once more, 80 columns.
std::string wrap(std::string_view body, std::string_view header);

/// A vault as ansible-vault writes it.
std::string seal(std::string_view plaintext, std::string_view password,
                 const Sealing& sealing = {});

/// Not under AddressSanitizer, which ignores mlock() and keeps copies of its own: no place to
/// search for secrets.
bool memory_is_ours();

/// Whether this process may lock memory at all (ulimit -l); without it secrets stay unlocked.
bool can_lock_memory();

/// Committed vaults, and the script that asks ansible; the build fills them in.
extern const std::string_view fixtures_directory;
extern const std::string_view oracle_path;

/// The five settings of a made-up workspace, one `key: value` line each.
inline constexpr std::string_view sample_yaml =
    "proxmox_api_host: \"203.0.113.10:8006\"\n"
    "proxmox_api_user: \"range42_api@pam\"\n"
    "proxmox_api_token_id: \"r42_lab_demo\"\n"
    "proxmox_api_token_secret: \"8f1c2d3e-0000-4000-8000-123456789abc\"\n"
    "proxmox_node: \"pve\"\n";

}  // namespace proxmox::vault::test
