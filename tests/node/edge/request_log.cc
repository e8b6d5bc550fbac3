// The record of every answered request, one JSON line each, for tests that count.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/request_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "http/json.h"
#include "http/names.h"

namespace demo_node {

namespace {

/// What stands behind the marker up to a byte that ends it, where that is a VM id.
std::string vmid_behind(std::string_view marker, std::string_view text, char end) {
    const std::size_t at = text.find(marker);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = text.substr(at + marker.size());
    const std::string_view id = rest.substr(0, rest.find(end));
    return is_vmid(id) ? std::string(id) : std::string{};
}

/// The VM id in the path, or that of the VM to be made, or an empty text.
std::string vmid_of(const Request& request) {
    std::string in_path = vmid_behind("/qemu/", request.path, '/');
    if (in_path.empty()) in_path = vmid_behind("/lxc/", request.path, '/');
    return in_path.empty() ? vmid_behind("vmid=", request.body, '&') : in_path;
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
        place.number, demo_node::quoted(request.method), demo_node::quoted(request.raw_path),
        demo_node::quoted(request.query), demo_node::quoted(request.body), answer.code);
    if (const std::string vmid = vmid_of(request); !vmid.empty())
        line += fmt::format(R"(,"vmid":{})", vmid);
    if (!answer.upid.empty()) line += fmt::format(R"(,"upid":{})", demo_node::quoted(answer.upid));
    if (!answer.fault.empty())
        line += fmt::format(R"(,"fault":{})", demo_node::quoted(answer.fault));
    if (place.pipelined) line += R"(,"pipelined":true)";
    line += "}\n";
    // One write for one line, so that a reader never sees half of it.
    [[maybe_unused]] const ssize_t written = ::write(file_, line.data(), line.size());
}

}  // namespace demo_node
