// Loading recorded exchanges from their JSON lines.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "recording.h"

#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace demo_node::replay {

namespace {

using Element = simdjson::dom::element;

std::string text_at(Element object, std::string_view key) {
    std::string_view text;
    return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string{};
}

Headers headers_at(Element object) {
    Headers headers;
    simdjson::dom::array rows;
    if (object["headers"].get(rows) != simdjson::SUCCESS) return headers;
    for (const Element row : rows)
        headers.emplace_back(std::string(row.at(0).get_string().value_unsafe()),
                             std::string(row.at(1).get_string().value_unsafe()));
    return headers;
}

/// "\r\n" was written out as four characters where bytes were sent as they are.
std::string unescaped(std::string text) {
    for (const auto& [from, to] : {std::pair{"\\r", "\r"}, std::pair{"\\n", "\n"}})
        for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at))
            text.replace(at, 2, to);
    return text;
}

Recording read(Element line) {
    Recording recording;
    Element request;
    if (line["request"].get(request) == simdjson::SUCCESS) {
        std::int64_t length = 0;
        const bool has_length = request["body_length"].get(length) == simdjson::SUCCESS;
        recording.request = {
            unescaped(text_at(request, "raw")), text_at(request, "method"),
            text_at(request, "path"),           headers_at(request),
            text_at(request, "body"),           has_length ? static_cast<std::size_t>(length) : 0};
    }
    Element response;
    if (line["response"].get(response) == simdjson::SUCCESS && response.is_object())
        recording.response = {text_at(response, "status_line"), headers_at(response),
                              text_at(response, "body")};
    bool closed = false;
    recording.closed = line["server_closed_connection"].get(closed) == simdjson::SUCCESS && closed;
    return recording;
}

}  // namespace

std::string recordings_directory() {
    if (const char* chosen = std::getenv("RANGE42_TEST_RECORDINGS")) return chosen;
    const char* root = std::getenv("RANGE42_TEST_SOURCE_ROOT");
    return std::string(root ? root : ".") + "/../shared/pve/recordings";
}

std::optional<std::map<std::string, Recording>> load_recordings(const std::string& directory) {
    std::error_code error;
    std::map<std::string, Recording> all;
    constexpr std::string_view second = "-2";
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
        if (entry.path().extension() != ".jsons") continue;
        // The second day's recordings have names of the first day's.
        const std::string prefix = entry.path().stem().string().ends_with(second) ? "2-" : "";
        std::ifstream file(entry.path());
        simdjson::dom::parser parser;
        for (std::string line; std::getline(file, line);) {
            Element element;
            if (parser.parse(line).get(element) == simdjson::SUCCESS)
                all.emplace(prefix + text_at(element, "name"), read(element));
        }
    }
    if (error || all.empty()) return std::nullopt;
    return all;
}

}  // namespace demo_node::replay
