// Plays one scenario against a running node and reports every difference.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "player.h"

#include <fmt/format.h>

#include <chrono>
#include <regex>
#include <thread>

#include "http/http.h"
#include "shape.h"

namespace demo_node::replay {

namespace {

constexpr std::string_view api_root = "/api2/json";
constexpr std::string_view node_root = "/api2/json/nodes/px-testing";
constexpr int max_settle_rounds = 1500;
constexpr auto settle_round = std::chrono::milliseconds(20);

const std::regex upid_pattern("UPID(:|%3A)[^/\"]+");

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

std::string with_secrets(std::string text) {
    replace_all(text, "<secret>", secret);
    replace_all(text, "<low-secret>", low_secret);
    return text;
}

std::string bytes_of(const RecordedRequest& request, std::string_view version) {
    if (!request.raw.empty()) return request.raw;
    std::string bytes = fmt::format("{} {} {}\r\n", request.method, request.path, version);
    for (const auto& [name, value] : request.headers)
        bytes += fmt::format("{}: {}\r\n", name, with_secrets(value));
    bytes += "\r\n" + request.body;
    // Long bodies were cut when they were recorded; their length was not.
    if (request.body_length > request.body.size())
        bytes.append(request.body_length - request.body.size(), 'x');
    return bytes;
}

std::string_view version_of(std::string_view recording) {
    if (recording.starts_with("http-1.0")) return "HTTP/1.0";
    return recording == "http-2.0" ? "HTTP/2.0" : "HTTP/1.1";
}

/// Headers that are the same every time have their value in it, the others only their name.
std::string comparable(const Headers& headers) {
    std::string out;
    for (const auto& [name, value] : headers) {
        const bool varies = name == "Date" || name == "Expires" || name == "Content-Length";
        out += fmt::format("{}: {}\n", name, varies ? "" : value);
    }
    return out;
}

std::string difference(std::string_view what, const std::string& recorded,
                       const std::string& answered) {
    if (recorded == answered) return {};
    return fmt::format("{} differs\n  recorded: {}\n  answered: {}\n", what, recorded, answered);
}

/// The first word of a step, which is taken off it.
std::string_view take_word(std::string_view& step) {
    const std::string_view word = step.substr(0, step.find(' '));
    step.remove_prefix(std::min(step.size(), word.size() + 1));
    return word;
}

Recording in_place_of(Recording recording, std::string_view vmid) {
    static const std::regex in_path("(/qemu/)[0-9]+");
    static const std::regex in_text("VM [0-9]+");
    const std::string id(vmid);
    recording.request.path = std::regex_replace(recording.request.path, in_path, "$01" + id);
    if (recording.response) {
        auto& response = *recording.response;
        response.status_line = std::regex_replace(response.status_line, in_text, "VM " + id);
        response.body = std::regex_replace(response.body, in_text, "VM " + id);
    }
    return recording;
}

void set_body(RecordedRequest& request, std::string_view body) {
    request.body = body;
    request.body_length = body.size();
    for (auto& [name, value] : request.headers)
        if (name == "Content-Length") value = std::to_string(body.size());
}

}  // namespace

std::string Player::step(std::string_view text) {
    if (text == "settle") return settle();
    if (text.starts_with("pause ")) {
        take_word(text);
        std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(std::string(text))));
        return {};
    }
    return text.find(" /") != std::string_view::npos ? set_scene(text) : replay(text);
}

std::string Player::replay(std::string_view step) {
    const std::string name(take_word(step));
    const auto found = recordings_.find(name);
    if (found == recordings_.end()) return "there is no such recording";
    Recording recording = found->second;
    while (!step.empty()) {
        const std::string_view word = take_word(step);
        if (word == "as")
            recording = in_place_of(std::move(recording), take_word(step));
        else if (word == "with")
            set_body(recording.request, take_word(step));
    }
    recording.request.path = with_own_upids(recording.request.path);
    Client client(port_);
    if (!client.send(bytes_of(recording.request, version_of(name)))) return "cannot connect";
    return compare(recording, client);
}

std::string Player::compare(const Recording& recording, Client& client) {
    if (!recording.response)
        return client.is_hung_up() ? "" : "the recorded server hung up without an answer";
    const Reply reply = client.receive();
    if (!reply.arrived) return "no answer came";
    learn_upid(recording, reply);
    const RecordedResponse& wanted = *recording.response;
    const RecordedResponse& given = reply.response;
    std::string differences = difference("status line", without_particulars(wanted.status_line),
                                         without_particulars(given.status_line));
    differences += difference("headers", comparable(wanted.headers), comparable(given.headers));
    differences += difference("body", shape(wanted.body), shape(given.body));
    if (!recording.request.raw.empty()) return differences;
    if (recording.closed)
        return client.is_hung_up() ? differences : differences + "the connection stays open\n";
    const bool reusable =
        client.send(with_secrets("GET /api2/json/version HTTP/1.1\r\nHost: x\r\nAuthorization: "
                                 "PVEAPIToken=range42@pam!devkit=<secret>\r\n\r\n")) &&
        client.receive().arrived;
    return reusable ? differences : differences + "the connection does not live on\n";
}

void Player::learn_upid(const Recording& recording, const Reply& reply) {
    std::smatch recorded;
    std::smatch given;
    if (std::regex_search(recording.response->body, recorded, upid_pattern) &&
        recording.request.method != "GET" &&
        std::regex_search(reply.response.body, given, upid_pattern))
        upids_[recorded.str()] = given.str();
}

std::string Player::with_own_upids(std::string text) {
    std::smatch match;
    if (!std::regex_search(text, match, upid_pattern)) return text;
    const std::string recorded = percent_decode(match.str(), false);
    // Recordings of tasks that never were, or of another node, keep theirs.
    const bool made_up = recorded.find(":00000001:") != std::string::npos ||
                         recorded.find(":othernode:") != std::string::npos;
    if (!upids_.contains(recorded) && !unclaimed_.empty() && !made_up) {
        upids_[recorded] = unclaimed_.front();
        unclaimed_.pop_front();
    }
    const auto own = upids_.find(recorded);
    if (own != upids_.end())
        text.replace(static_cast<std::size_t>(match.position()), match.str().size(), own->second);
    return text;
}

std::string Player::set_scene(std::string_view step) {
    const bool claimed_later = step.starts_with('+');
    if (claimed_later) step.remove_prefix(1);
    const std::string_view method = take_word(step);
    const std::string_view target = take_word(step);
    const bool is_of_cluster = target.starts_with("/cluster") || target.starts_with("/storage") ||
                               target.starts_with("/pools");
    const std::string path = fmt::format("{}{}", is_of_cluster ? api_root : node_root, target);
    Reply reply;
    if (auto error = call(method, path, step, reply); !error.empty()) return error;
    std::smatch given;
    if (claimed_later && std::regex_search(reply.response.body, given, upid_pattern))
        unclaimed_.push_back(given.str());
    return {};
}

std::string Player::call(std::string_view method, std::string_view path, std::string_view body,
                         Reply& reply) {
    const std::string length =
        body.empty() ? "" : fmt::format("Content-Length: {}\r\n", body.size());
    Client client(port_);
    const bool sent = client.send(fmt::format(
        "{} {} HTTP/1.1\r\nHost: x\r\nAuthorization: PVEAPIToken=range42@pam!devkit={}\r\n"
        "{}\r\n{}",
        method, path, secret, length, body));
    if (sent) reply = client.receive();
    if (reply.response.status_line == "HTTP/1.1 200 OK") return {};
    return fmt::format("{} {} was answered '{}'", method, path, reply.response.status_line);
}

std::string Player::settle() {
    for (int round = 0; round < max_settle_rounds; ++round) {
        Reply reply;
        const auto path = fmt::format("{}/tasks?source=active", node_root);
        if (auto error = call("GET", path, "", reply); !error.empty()) return error;
        if (reply.response.body == R"({"data":[]})") return {};
        std::this_thread::sleep_for(settle_round);
    }
    return "tasks are still running";
}

}  // namespace demo_node::replay
