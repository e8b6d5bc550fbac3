// What most sources include, precompiled where no ccache remembers their results.
// SPDX-License-Identifier: GPL-3.0-or-later

// A source still includes itself what it uses: most builds read it without this header.
// Read twice it says nothing new; "once" is no word for the main file that it is to the compiler.
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
