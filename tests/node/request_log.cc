// The record of every answered request, one JSON line each, for tests that count.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "request_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "json.h"
#include "names.h"

namespace demo_node {

namespace {

/// The VM id in the path, or an empty text.
std::string vmid_of(std::string_view path) {
    constexpr std::string_view marker = "/qemu/";
    const std::size_t at = path.find(marker);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = path.substr(at + marker.size());
    const std::string_view id = rest.substr(0, rest.find('/'));
    return is_vmid(id) ? std::string(id) : std::string{};
}

}  // namespace

RequestLog::~RequestLog() {
    if (file_ >= 0) close(file_);
}

proxmox::Outcome RequestLog::open(const std::string& path) {
    file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file_ < 0) return proxmox::fail_errno(proxmox::Exit::usage, path, errno);
    return {};
}

void RequestLog::write(const RequestPlace& place, const Request& request, const Answer& answer) {
    if (file_ < 0) return;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    std::string line = fmt::format(
        R"({{"time_ms":{},"connection":{},"request":{},"method":{},"path":{},"query":{},"body":{},)"
        R"("code":{})",
        std::chrono::duration_cast<std::chrono::milliseconds>(now).count(), place.connection,
        place.number, quoted(request.method), quoted(request.raw_path), quoted(request.query),
        quoted(request.body), answer.code);
    if (const std::string vmid = vmid_of(request.path); !vmid.empty())
        line += fmt::format(R"(,"vmid":{})", vmid);
    if (!answer.upid.empty()) line += fmt::format(R"(,"upid":{})", quoted(answer.upid));
    if (!answer.fault.empty()) line += fmt::format(R"(,"fault":{})", quoted(answer.fault));
    if (place.pipelined) line += R"(,"pipelined":true)";
    line += "}\n";
    // One write for one line, so that a reader never sees half of it.
    [[maybe_unused]] const ssize_t written = ::write(file_, line.data(), line.size());
}

}  // namespace demo_node
