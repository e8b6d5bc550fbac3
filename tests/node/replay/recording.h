// One recorded exchange with a real node, and the loading of all of them.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace demo_node::replay {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// What was sent. `raw` replaces all the rest when it is there.
struct RecordedRequest {
    std::string raw{};
    std::string method{};
    std::string path{};
    Headers headers{};
    std::string body{};
    std::size_t body_length = 0;
};

/// What came back.
struct RecordedResponse {
    std::string status_line{};
    Headers headers{};
    std::string body{};
};

/// One exchange; without a response the server closed the connection silently.
struct Recording {
    RecordedRequest request{};
    std::optional<RecordedResponse> response{};
    bool closed = false;
};

/// Where a checkout with its surroundings has them, or where a variable says.
std::string recordings_directory();

/// All recordings by name, those of the second day as "2-NAME"; nothing when the directory is not
/// there.
std::optional<std::map<std::string, Recording>> load_recordings(const std::string& directory);

}  // namespace demo_node::replay
