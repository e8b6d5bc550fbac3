// Opening the API for a tool: what a person should know of it is printed as soon as it is known.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "api/connection.h"
#include "process/output.h"

namespace proxmox {

inline Notify warnings_to(Output& output) {
    return [&output](std::string_view words) { output.warning(words); };
}

/// A connection whose words, those about the workspace as well, reach the user.
inline Result<std::unique_ptr<Connection>> open_connection(Output& output) {
    auto connection = Connection::open(warnings_to(output));
    if (connection)
        for (const std::string& warning : (*connection)->warnings()) output.warning(warning);
    return connection;
}

}  // namespace proxmox
