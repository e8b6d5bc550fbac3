// Writing a complete Range42 workspace whose settings lead to this stand-in.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/workspace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "edge/vault_writer.h"

namespace demo_node {

using proxmox::Exit;
using proxmox::fail;
using proxmox::fail_errno;
using proxmox::Outcome;

namespace {

constexpr std::size_t password_size = 32;
constexpr mode_t secret_mode = 0600;
constexpr mode_t open_mode = 0644;

Outcome write_file(const std::string& path, const std::string& text, mode_t mode) {
    // Written anew, so that an older file cannot lend it its looser mode.
    unlink(path.c_str());
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file < 0) return fail_errno(Exit::usage, path, errno);
    const ssize_t written = write(file, text.data(), text.size());
    const int error = errno;
    close(file);
    if (written == static_cast<ssize_t>(text.size())) return {};
    return fail_errno(Exit::usage, path, written < 0 ? error : ENOSPC);
}

std::string in_single_quotes(const std::string& text) {
    std::string out = "'";
    for (const char byte : text) out += byte == '\'' ? "'\\''" : std::string(1, byte);
    return out + "'";
}

std::string settings(const WorkspaceFacts& facts, const Token& token) {
    const std::string user = token.user();
    const std::string token_id = token.name.substr(user.size() + 1);
    const std::string secrets[] = {random_word(20), random_word(20), random_word(20),
                                   random_word(20), random_word(20)};
    return fmt::format(R"(---
#### INFRASTRUCTURE

infrastructure_codename: "{0}"
infrastructure_scenario: "demo_lab"

#### PROXMOX

proxmox_address: "127.0.0.1"
proxmox_node: "{0}"
proxmox_api_host: "127.0.0.1:{1}"
proxmox_api_user: "{2}"
proxmox_api_token_id: "{3}"
proxmox_api_token_secret: "{4}"
proxmox_dest_iso_storage_name: "local"
proxmox_dest_vm_storage_name: "local"
proxmox_default_network_card_interface: "vmbr0"

#### DEFAULT ACCOUNTS

default_admin_vm_ci_user: "admin"
default_admin_vm_ci_password: "{5}"
default_trainee_vm_ci_user: "student"
default_trainee_vm_ci_password: "{6}"

#### PASSPHRASES

ssh_passphrase_px_root:                 "{7}"
ssh_passphrase_deployer_admin:          "{8}"
ssh_passphrase_student_user:            "{9}"

#### NETWORKS

range42_sdn_networks:
  - name: "vnet0"
    cidr: "10.42.0.0/24"
  - name: "vnet1"
    cidr: "10.42.1.0/24"
)",
                       facts.node, facts.port, user, token_id, token.secret, secrets[0], secrets[1],
                       secrets[2], secrets[3], secrets[4]);
}

std::string environment(const std::string& root, const std::string& pin) {
    return fmt::format(
        "# Source this: it leads the tools to a stand-in node on this machine.\n"
        "export RANGE42_ANSIBLE_ROLES__DEVKITS_DIR={}\n"
        "export RANGE42_VAULT_PASSWORD_FILE={}\n"
        "export RANGE42_PROXMOX_API_TLS={}\n",
        in_single_quotes(root + "/devkit/"), in_single_quotes(root + "/vault_pass.txt"),
        in_single_quotes(pin));
}

}  // namespace

Outcome write_workspace(const WorkspaceFacts& facts, const Token& token) {
    std::error_code error;
    const std::string root = std::filesystem::absolute(facts.directory, error).string();
    const std::string secrets = root + "/devkit/secrets";
    std::filesystem::create_directories(secrets, error);
    if (error) return fail_errno(Exit::usage, secrets, error.value());
    const std::string password = random_word(password_size);
    const std::string vault = encrypt_vault(settings(facts, token), password);
    if (password.empty() || vault.empty()) return fail(Exit::usage, "cannot encrypt the vault");
    auto written = write_file(secrets + "/default_vault.yml", vault, secret_mode);
    if (written) written = write_file(root + "/vault_pass.txt", password + "\n", secret_mode);
    if (written) written = write_file(root + "/env.sh", environment(root, facts.pin), open_mode);
    return written;
}

}  // namespace demo_node
