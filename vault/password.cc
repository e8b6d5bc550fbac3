// The vault password: which way it is kept, what is stripped from it, and who else can see it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "password.h"

#include <sys/stat.h>

#include <cerrno>
#include <iterator>

#include "base/ownership.h"
#include "envelope.h"
#include "file.h"
#include "script.h"

namespace proxmox::vault {
namespace {

constexpr mode_t any_execute_bit = S_IXUSR | S_IXGRP | S_IXOTH;

std::string_view strip_line_ends(std::string_view text) {
    const std::size_t first = text.find_first_not_of("\r\n");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of("\r\n") - first + 1);
}

void append(std::vector<std::string>& all, std::vector<std::string> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

/// Who can write a directory can exchange the file in it: the one that the path names, and the one
/// in which the file is found behind symbolic links.
void check_directories(const std::string& named, const std::string& real,
                       std::vector<std::string>& warnings) {
    struct stat first {};
    struct stat second {};
    if (stat(named.c_str(), &first) == 0) append(warnings, changeable_by_others(named, first));
    if (real == named) return;
    if (stat(real.c_str(), &second) != 0) return;
    if (second.st_ino == first.st_ino && second.st_dev == first.st_dev) return;
    append(warnings, changeable_by_others(real, second));
}

Result<Password> checked(Secret password, std::vector<std::string> warnings,
                         const std::string& source) {
    if (password.empty())
        return fail(Exit::credentials, source + ": the password is empty",
                    "put the vault's password on one line there");
    return Password{std::move(password), std::move(warnings)};
}

Result<Password> run_script(const std::string& path, const struct stat& status,
                            Clock::time_point deadline) {
    std::vector<std::string> warnings = changeable_by_others(path, status);
    check_directories(directory_of(path), {}, warnings);
    Result<Secret> output = run_password_script(path, deadline);
    if (!output) return std::unexpected(output.error());
    const std::string_view password = strip_line_ends(output->reveal());
    return checked(std::move(*output).narrowed_to(password), std::move(warnings),
                   "vault password script " + path);
}

Result<Password> read_plain(File file, const std::string& path, Clock::time_point deadline) {
    const std::string source = "vault password file " + path;
    if (!file.regular() && !file.fifo()) return fail(Exit::credentials, source + ": not a file");
    std::vector<std::string> warnings = readable_by_others(path, file.status());
    append(warnings, changeable_by_others(path, file.status()));
    check_directories(directory_of(path), file.directory(), warnings);

    Result<Secret> content = file.read(password_limit, deadline);
    if (!content)
        return fail(content.error().exit, "vault password file " + content.error().message,
                    content.error().remedy);
    const std::string_view password = strip_whitespace(content->reveal());
    if (is_envelope(password))
        return fail(Exit::credentials, source + ": it is itself encrypted with ansible-vault",
                    "give the password in plain text, or an executable that prints it");
    return checked(std::move(*content).narrowed_to(password), std::move(warnings), source);
}

Result<Password> read_either(const std::string& path, Clock::time_point deadline) {
    const std::string source = "vault password file " + path;
    Result<File> file = File::open(path);
    struct stat status {};
    // A script may be one that can be executed and not read.
    if (file)
        status = file->status();
    else if (stat(path.c_str(), &status) != 0)
        return fail_errno(Exit::credentials, source, errno);
    if (S_ISDIR(status.st_mode)) return fail_errno(Exit::credentials, source, EISDIR);
    if ((status.st_mode & any_execute_bit) != 0) return run_script(path, status, deadline);
    if (!file) return fail(file.error().exit, "vault password file " + file.error().message);
    return read_plain(std::move(*file), path, deadline);
}

}  // namespace

Result<Password> read_password(const std::string& path, std::chrono::milliseconds wait) {
    Result<Password> password = read_either(path, Clock::now() + wait);
    if (!password && password.error().remedy.empty())
        password.error().remedy = password_file_remedy;
    return password;
}

}  // namespace proxmox::vault
