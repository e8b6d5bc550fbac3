// What the user's operands name: a program and its stdin, or a file and the place for it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest_operands.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/escape.h"
#include "guest/agent_words.h"

namespace proxmox {
namespace {

Result<std::size_t> size_of_file(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return fail_errno(Exit::usage, escape(path), errno);
    if (!S_ISREG(status.st_mode)) return fail(Exit::usage, escape(path) + ": not an ordinary file");
    return static_cast<std::size_t>(status.st_size);
}

}  // namespace

Result<GuestOperands> take_operands(const Tool& tool, const GuestStep& step,
                                    const Options& options) {
    GuestOperands operands{.words = options.operands};
    if (step.runs_operands && operands.words.empty())
        return fail(Exit::usage, "there is no command to run",
                    fmt::format("{} -- PROGRAM [ARGUMENT]...", tool.name));
    if (step.uploads && operands.words.size() != 2)
        return fail(Exit::usage, "it takes a file and the place for it",
                    fmt::format("{} FILE TARGET", tool.name));
    if (step.uploads) {
        const auto size = size_of_file(operands.words[0]);
        if (!size) return std::unexpected(size.error());
        operands.file_size = *size;
    }
    if (const std::string path = given_for(options, step.input_key); !path.empty()) {
        auto input = text_of_file(path, program_input_limit, "guest.upload it, and let it be read");
        if (!input) return std::unexpected(input.error());
        operands.input = std::move(*input);
    }
    return operands;
}

Result<std::string> text_of_file(const std::string& path, std::size_t limit,
                                 std::string_view advice) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return fail_errno(Exit::usage, escape(path), errno);
    std::string text(limit + 1, '\0');
    std::size_t size = 0;
    ssize_t got = 1;
    while (size < text.size() && got != 0) {
        got = read(file, &text[size], text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) break;
        size += static_cast<std::size_t>(got);
    }
    const int error = got < 0 ? errno : 0;
    close(file);
    if (error != 0) return fail_errno(Exit::usage, escape(path), error);
    if (size > limit)
        return fail(Exit::usage, fmt::format("{}: more than {} KiB", escape(path), limit >> 10),
                    std::string(advice));
    text.resize(size);
    return text;
}

std::string given_for(const Options& options, std::string_view key) {
    const auto given = std::ranges::find(options.given, key, &Given::key);
    return key.empty() || given == options.given.end() ? "" : given->value;
}

}  // namespace proxmox
