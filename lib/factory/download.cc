// Downloads onto a node's storage, checked by the checksum that the file's own server tells.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/download.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/escape.h"
#include "stage/change.h"
#include "stage/plain.h"
#include "stage/read.h"
#include "stage/rehearsal.h"

namespace proxmox {
namespace {

constexpr milliseconds checksum_limit{10'000};
constexpr std::size_t sha256_digits = 64;
constexpr std::size_t sha512_digits = 128;
constexpr int status_of_success = 200;

/// A list of checksums beside a file: a name of its own, or the file's with an ending.
struct Beside {
    std::string_view name;
    bool is_ending;
    std::string_view algorithm;
    std::size_t digits;
};
constexpr std::array<Beside, 4> lists_beside{{{"SHA256SUMS", false, "sha256", sha256_digits},
                                              {"SHA512SUMS", false, "sha512", sha512_digits},
                                              {".sha256", true, "sha256", sha256_digits},
                                              {".sha512", true, "sha512", sha512_digits}}};

/// The file is there, as it may have been before.
Shown shows_file(const Seen& seen) {
    Shown shown = Shown::no;
    seen.data().each([&](const json::Value& volume) {
        const std::string_view id = volume["volid"].text();
        const std::string_view name = id.substr(id.rfind('/') + 1);
        if (name == seen.record["iso_file_name"]) shown = Shown::yes;
    });
    return shown;
}

constexpr Change fetching{.method = Method::post,
                          .path = "/nodes/{proxmox_node}/storage/{proxmox_storage}/download-url",
                          .body = {{{"content", text("{iso_file_content_type}")},
                                    {"filename", text("{iso_file_name}")},
                                    {"url", text("{iso_url}")},
                                    {"checksum", text("{iso_checksum}")},
                                    {"checksum-algorithm", text("{iso_checksum_algorithm}")}}},
                          .bare_task = "download",
                          .task_id = "{iso_file_name}",
                          .proof = {"/nodes/{proxmox_node}/storage/{proxmox_storage}/content",
                                    shows_file, "", Witness::anyones}};

constexpr Reading nothing_read{};

bool is_hexadecimal(char digit) {
    return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') ||
           (digit >= 'A' && digit <= 'F');
}

/// The word of so many hexadecimal digits in a line.
std::string_view checksum_of(std::string_view line, std::size_t digits) {
    while (!line.empty()) {
        const std::size_t end = line.find_first_of(" \t");
        const std::string_view word = line.substr(0, end);
        if (word.size() == digits && std::ranges::all_of(word, is_hexadecimal)) return word;
        line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    }
    return {};
}

/// "HEX  NAME", "HEX *NAME" or "SHA256 (NAME) = HEX", maybe with a folder before the name.
bool names(std::string_view line, std::string_view name) {
    const std::size_t at = line.find(name);
    if (at == std::string_view::npos) return false;
    const std::string_view behind = line.substr(at + name.size());
    return at > 0 && std::string_view(" *(/").contains(line[at - 1]) &&
           (behind.empty() || behind.front() == ')' || behind.front() == ' ');
}

/// "https://HOST/DIRECTORY/NAME?QUERY" in its parts.
struct Address {
    std::string directory;
    std::string name;
};

Address address_of(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    const std::size_t slash = url.rfind('/');
    return {std::string(url.substr(0, slash + 1)), std::string(url.substr(slash + 1))};
}

/// Looks beside the file for its checksum; a server that does not answer is asked no further.
Way<void> find_checksum(Line& line) {
    const Address address = address_of(line.record["iso_url"]);
    std::string why = "there is no list of them beside it that names it";
    const std::string_view url = line.record["iso_url"];
    if (!url.starts_with("http://") && !url.starts_with("https://"))
        co_await ends_by(
            failure(line, Exit::line_failed, "iso_url is no http or https address", escape(url)));
    for (const Beside& beside : lists_beside) {
        Ask question{.request = {.limit = checksum_limit}};
        question.request.address =
            address.directory + (beside.is_ending ? address.name : "") + std::string(beside.name);
        if (line.is_rehearsed) {
            rehearse(line, Method::get, question.request.address);
            continue;
        }
        line.stand.doing.waits_for = "the checksum";
        const Answer& answer = *co_await line.stand.told<Answer*>(std::move(question));
        if (answer.transport != Transport::answered) {
            why = escape(answer.trouble);
            break;
        }
        if (answer.status != status_of_success) continue;
        const std::string checksum = checksum_in(answer.body, address.name, beside.digits);
        if (checksum.empty()) continue;
        line.record.set("iso_checksum", checksum);
        line.record.set("iso_checksum_algorithm", beside.algorithm);
        co_return;
    }
    if (!line.is_rehearsed)
        line.note(fmt::format("{}: no checksum is known, so that nothing proves the file: {}",
                              escape(line.record["iso_file_name"]), why));
}

Reached<void> judge_checksum(Line& line) {
    const std::string_view checksum = line.record["iso_checksum"];
    if (!line.record.has("iso_checksum_algorithm"))
        line.record.set("iso_checksum_algorithm",
                        checksum.size() == sha512_digits ? "sha512" : "sha256");
    if (std::ranges::all_of(checksum, is_hexadecimal)) return {};
    return ends_by(failure(line, Exit::line_failed, "iso_checksum has other than digits of 0 to f",
                           escape(checksum)));
}

Way<Printed> download_there(Line& line) {
    if (line.record.has("iso_checksum"))
        co_await judge_checksum(line);
    else
        co_await find_checksum(line);
    Made made = co_await attempt(line, fetching);
    // Proxmox compares a file that is there with the checksum, and refuses where it has none.
    constexpr std::string_view is_there = "refusing to override existing file";
    if (made.is_refused() && made.words.starts_with(is_there))
        line.note(fmt::format("{} is there already, and stays as it is",
                              escape(line.record["iso_file_name"])));
    else if (made.is_refused())
        co_await explain(line, std::move(made));
    else if (made.how != Made::How::done)
        co_return co_await finish(line, std::move(made), fetching, nothing_read);
    co_return print(line);
}

}  // namespace

std::string checksum_in(std::string_view list, std::string_view name, std::size_t digits) {
    std::string_view only;
    std::size_t count = 0;
    while (!list.empty()) {
        std::string_view line = list.substr(0, list.find('\n'));
        list.remove_prefix(std::min(line.size() + 1, list.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        const std::string_view checksum = checksum_of(line, digits);
        if (checksum.empty()) continue;
        if (names(line, name)) return std::string(checksum);
        ++count;
        only = line.size() == checksum.size() ? checksum : std::string_view{};
    }
    return count == 1 ? std::string(only) : std::string{};
}

Way<Printed> download(Line& line) { return where_it_is(line, download_there); }

}  // namespace proxmox
