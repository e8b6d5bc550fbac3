// A web server on this machine whose files are all empty, for the node to download.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace faults {

/// Its port. It serves from the first question on until the process ends.
int file_server_port();

}  // namespace faults
