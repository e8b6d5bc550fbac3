// Whose words an answer that is no success has: Proxmox's own, or those of somebody in between.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/origin.h"

#include <algorithm>
#include <string_view>

namespace proxmox {
namespace {

/// How the reasons begin that pveproxy gives without JSON: it has refused the request before the
/// API saw it. None of them is HTTP's own name of a status, which everybody uses.
constexpr std::string_view own_reasons[] = {
    "Authentication failed!",
    "No ticket",
    "permission denied - ",
    "RPCEnvironment init request failed: ",
    "Permission check failed",
    "Parameter verification failed.",
    "Method '",
    "method '",
    "Unexpected content for method '",
    "bad request",
    "chunked transfer encoding not supported",
    "for data too large",
    "http protocol version ",
    "malformed JSON string, ",
    "no formatter for uri ",
    "no such file '",
    "no such uri",
    "upload 'Content-Type '",
};

/// AnyEvent's statuses for what pveproxy met on its way to pvedaemon or to another node.
bool is_of_relay(const Answer& answer) {
    constexpr int first_of_relay = 595, last_of_relay = 599;
    return answer.status >= first_of_relay && answer.status <= last_of_relay && answer.body.empty();
}

}  // namespace

bool is_of_proxmox(const Answer& answer, const json::Document& document) {
    // Each error of the API has it, whatever stands beside it.
    if (document.root()["data"].is(json::Kind::null)) return true;
    return is_of_relay(answer) || std::ranges::any_of(own_reasons, [&answer](auto beginning) {
               return answer.reason.starts_with(beginning);
           });
}

}  // namespace proxmox
