// Settings from a descriptor: claimed when the process begins, read once, and closed.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "handed.h"

#include <fcntl.h>

#include <charconv>
#include <chrono>
#include <string_view>
#include <utility>

#include "file.h"

namespace proxmox::vault {
namespace {

constexpr std::chrono::seconds writer_wait{10};
constexpr int none = -1;
constinit int claimed = none;

/// Not one of the three streams, which are for lines and words.
int descriptor_number(std::string_view text) {
    int number = none;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    return is_number && number > STDERR_FILENO ? number : none;
}

std::unexpected<Error> in_handed(Error error, std::string_view remedy = {}) {
    error.message = "handed credentials: " + error.message;
    if (!remedy.empty()) error.remedy = remedy;
    return std::unexpected(std::move(error));
}

}  // namespace

void claim_handed(const std::string& descriptor) {
    const int number = descriptor_number(descriptor);
    claimed = fcntl(number, F_SETFD, FD_CLOEXEC) == 0 ? number : none;
}

Result<Settings> take_handed(const std::string& password_path) {
    constexpr std::string_view remedy =
        "RANGE42_PROXMOX_CREDENTIALS_FD is the number, from 3 on, of a descriptor that is open "
        "for reading: a JSON object with the vault's keys";
    Result<File> file = File::inherited(std::exchange(claimed, none), "the descriptor");
    if (!file) return in_handed(file.error(), remedy);
    const Result<Secret> content = file->read(handed_limit, Clock::now() + writer_wait);
    if (!content) return in_handed(content.error());
    Opener opener(password_path);
    Result<Settings> settings = parse_settings(content->reveal(), opener);
    if (!settings) return in_handed(settings.error());
    settings->warnings = opener.warnings();
    return settings;
}

}  // namespace proxmox::vault
