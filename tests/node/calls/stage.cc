// The way of a request through pveproxy and pvedaemon: each step may end it with an answer.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "calls/stage.h"

#include <fmt/format.h>

#include <algorithm>

#include "calls/router.h"

namespace demo_node {

namespace {

constexpr std::string_view api_root = "/api2";

struct ApiPath {
    std::string format;
    std::string path;
};

/// "/api2/json/version" as "json" and "/version"; no format means that it is no API path at all.
ApiPath split_api_path(std::string_view path) {
    path.remove_prefix(std::min(api_root.size(), path.size()));
    const std::size_t start = path.find_first_not_of('/');
    if (start == std::string_view::npos || start == 0) return {};
    path.remove_prefix(start);
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view rest = path.substr(end);
    return {std::string(path.substr(0, end)), std::string(rest.empty() ? "/" : rest)};
}

bool has_payload(const Request& request) {
    return request.method == "POST" || request.method == "PUT";
}

bool is_readable_type(const Request& request) {
    const std::string* type = request.header("content-type");
    if (!type) return true;
    const std::string_view bare = std::string_view(*type).substr(0, type->find(';'));
    return bare == "application/x-www-form-urlencoded" || bare == "application/json";
}

std::optional<Answer> unknown_node(const Stage& stage, const std::string& name) {
    const ClusterNode* node = stage.cluster.node(name);
    if (node && !node->online) return silent_failure(595, "No route to host");
    if (node) return std::nullopt;
    return failure(500, fmt::format("hostname lookup '{0}' failed - failed to get address info "
                                    "for: {0}: Name or service not known\n",
                                    name));
}

}  // namespace

std::optional<Answer> Stage::refuse_head(const Request& request) const {
    constexpr std::string_view methods[] = {"GET", "POST", "PUT", "DELETE"};
    const std::string& method = request.method;
    if (request.major_version != 1)
        return plain_failure(506, fmt::format("http protocol version {}.{} not supported",
                                              request.major_version, request.minor_version));
    if (std::ranges::find(methods, method) == std::end(methods))
        return silent_failure(501, fmt::format("method '{}' not available", method));
    if (request.chunked) return plain_failure(501, "chunked transfer encoding not supported");
    if (!request.path.starts_with(api_root))
        return plain_failure(500, fmt::format("no such file '{}'\n", request.path));
    if (split_api_path(request.path).format.empty()) return plain_failure(501, "no such uri");
    if (const auto token = access.authenticate(request); !token) {
        Answer refusal = silent_failure(401, token.error());
        refusal.delay_ms = options.refusal_ms;
        return refusal;
    }
    if (request.content_length > 0 && !has_payload(request))
        return plain_failure(501, fmt::format("Unexpected content for method '{}'", method));
    if (request.content_length > max_body_bytes) return plain_failure(501, "for data too large");
    if (has_payload(request) && !is_readable_type(request))
        return plain_failure(506, fmt::format("upload 'Content-Type '{}' not implemented",
                                              *request.header("content-type")));
    return std::nullopt;
}

void Stage::tell_cluster() {
    for (auto& [id, guest] : cluster.guests) guest.tell();
    if (options.stats_ms > 0) deadlines.in(options.stats_ms, [this] { tell_cluster(); });
}

struct Stage::Forwarded {
    const Route* route;
    Call call;
    Reply reply;
};

void Stage::answer(const Request& request, bool worker_dies, Reply reply) {
    const auto [format, path] = split_api_path(request.path);
    if (format != "json")
        return reply(plain_failure(501, fmt::format("no formatter for uri {}, {}", path, format)));
    const Token& token = **access.authenticate(request);
    Parameters given;
    if (auto refusal = read_parameters(request, given)) return reply(std::move(*refusal));
    Call call{*this, token};
    const Route* route = find_route(request.method, path, call.parameters);
    if (!route)
        return reply(
            failure(501, fmt::format("Method '{} {}' not implemented", request.method, path)));
    call.route = route;
    call.worker_dies = worker_dies;
    if (route->path.find("/lxc") != std::string_view::npos) call.kind = &containers;
    if (given.has_null()) call.parameters.note_null();
    for (const Value& value : given.all()) {
        const Value* in_path = call.parameters.find(value.name);
        if (in_path && (value.kind != Value::Kind::text || in_path->text != value.text))
            return reply(refuse_parameter(
                value.name,
                "duplicate parameter (already defined in URI) with conflicting values!"));
        if (!in_path) call.parameters.add(value);
    }
    if (auto refusal = check_permission(route->permission, call)) return reply(std::move(*refusal));
    const std::string node = call.node();
    if (!node.empty())
        if (auto refusal = unknown_node(*this, node)) return reply(std::move(*refusal));
    const bool elsewhere = !node.empty() && node != options.node;
    if (route->forwarded || elsewhere) return forward({route, std::move(call), std::move(reply)});
    auto refusal = check(call, *route);
    reply(refusal ? std::move(*refusal) : route->handler(call));
}

std::optional<Answer> Stage::check(const Call& call, const Route& route) {
    std::vector<Field> known(route.fields.begin(), route.fields.end());
    std::erase_if(known,
                  [this](const Field& field) { return options.unknown.contains(field.name); });
    return check_parameters(call.parameters, path_fields(route), known, random);
}

void Stage::forward(Forwarded call) {
    const std::string node = call.call.node();
    Daemon& daemon = daemons[node.empty() ? options.node : node];
    auto shared = std::make_shared<Forwarded>(std::move(call));
    daemon.submit([this, shared](std::function<void()> done) {
        const auto run = [this, shared, done](bool got_lock) {
            shared->call.got_lock = got_lock;
            // Let go first: what the handler starts wants this lock, and nothing can come between.
            if (shared->route->waits_for_lock && got_lock) locks.release(shared->call.vmid());
            Answer answer = shared->route->handler(shared->call);
            answer.forwarded = true;
            shared->reply(std::move(answer));
            done();
        };
        const auto checked = [this, shared, done, run] {
            if (auto refusal = check(shared->call, *shared->route)) {
                refusal->forwarded = true;
                shared->reply(std::move(*refusal));
                done();
            } else if (shared->route->waits_for_lock) {
                locks.acquire(shared->call.vmid(), options.lock_wait_ms, run);
            } else {
                run(true);
            }
        };
        if (options.call_ms == 0)
            checked();
        else
            deadlines.in(options.call_ms, checked);
    });
}

}  // namespace demo_node
