// Files on a storage: how they are downloaded there, and how they are listed.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "calls/router.h"

namespace demo_node {

Answer storage_download(Call& call);

/// The files that were downloaded onto a storage, as its list shows them.
std::vector<std::string> file_rows(Call& call, const std::string& storage);

}  // namespace demo_node
