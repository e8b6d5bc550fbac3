// How large an answer may be: what its question can need, and no more.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/answer_limit.h"

#include <algorithm>
#include <string_view>

namespace proxmox {
namespace {

struct Bound {
    std::string_view ending;
    std::size_t limit;
};

/// How the paths end whose answers are about one thing. All others may be lists.
constexpr Bound about_one_thing[] = {
    {"/status/current", state_answer_limit}, {"/status", state_answer_limit},
    {"/version", state_answer_limit},        {"/nextid", state_answer_limit},
    {"/config", config_answer_limit},        {"/pending", config_answer_limit},
};

}  // namespace

std::size_t answer_limit_of(const Request& request) {
    if (request.method != Method::get) return state_answer_limit;
    const std::string_view path = std::string_view(request.path).substr(0, request.path.find('?'));
    const auto* bound = std::ranges::find_if(
        about_one_thing, [path](const Bound& each) { return path.ends_with(each.ending); });
    return bound == std::end(about_one_thing) ? list_answer_limit : bound->limit;
}

}  // namespace proxmox
