// Where a text lies in another process's memory: the flags of each mapping that holds it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "../vault/watched.h"

int main(int argc, char** argv) {
    std::string text;
    if (argc != 2 || !std::getline(std::cin, text) || text.empty()) {
        fmt::print(stderr, "usage: memory_search PID <<<TEXT\n");
        return 2;
    }
    const auto places = proxmox::vault::test::places_of(std::atoi(argv[1]), text);
    for (const std::string& flags : places) fmt::print("{}\n", flags);
    return places.empty() ? 1 : 0;
}
