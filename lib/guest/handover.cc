// A Handover passes connections to machines on, to the tool that reads the lines of this one.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/handover.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <utility>

namespace proxmox {
namespace {

/// As many bytes of a digest as a socket's path has room for.
constexpr std::size_t digest_kept = 8;

/// A short name for a long text, which can stand in a path.
std::string short_name_of(std::string_view text) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::array<unsigned char, crypto_generichash_BYTES> digest{};
    std::array<char, sodium_base64_ENCODED_LEN(digest_kept, variant)> name{};
    crypto_generichash(digest.data(), digest.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr,
                       0);
    sodium_bin2base64(name.data(), name.size(), digest.data(), digest_kept, variant);
    return name.data();
}

/// What the other end of this pipe knows it by, too; empty for what is no pipe.
std::string name_of_pipe(int descriptor) {
    struct stat status {};
    if (fstat(descriptor, &status) != 0 || !S_ISFIFO(status.st_mode)) return {};
    return short_name_of(fmt::format("{} {}", status.st_dev, status.st_ino));
}

bool has_moved(const std::string& from, const std::string& place) {
    return renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, place.c_str(), RENAME_NOREPLACE) == 0;
}

}  // namespace

Handover::Handover(const ControlDirectory& own, std::string configuration)
    : own_(own),
      configuration_(std::move(configuration)),
      pipe_behind_(name_of_pipe(STDOUT_FILENO)) {
    const std::string pipe_before = name_of_pipe(STDIN_FILENO);
    if (!pipe_before.empty()) from_before_ = own.beside(pipe_before);
}

std::string Handover::own_socket(std::string_view control_name) const {
    return fmt::format("{}/{}", own_.path(), control_name);
}

/// A connection serves whoever would have asked for the same: the machine and what proves it, by
/// which way, as whom.
std::string Handover::name_of_connection(const Record& record) const {
    std::string asked = fmt::format("{}\n", configuration_);
    for (const std::string_view key :
         {"vm_uuid", "vm_mac", "vm_ssh_name", "vm_ip", "vm_ssh_port", "vm_user", "vm_sudo"})
        asked += fmt::format("{}\n", record[key]);
    return short_name_of(asked);
}

bool Handover::take(const Record& record, std::string_view control_name) const {
    return from_before_ != nullptr &&
           has_moved(fmt::format("{}/{}", from_before_->path(), name_of_connection(record)),
                     own_socket(control_name));
}

void Handover::drop(std::string_view control_name) const {
    own_.end_connection(std::string(control_name));
}

void Handover::leave(const Record& record, std::string_view control_name) const {
    if (pipe_behind_.empty()) return;
    const std::string place = own_.find_beside(pipe_behind_);
    if (place.empty()) return;
    (void)has_moved(own_socket(control_name),
                    fmt::format("{}/{}", place, name_of_connection(record)));
}

}  // namespace proxmox
