// A child process stopped between its steps, and a search through its memory.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "watched.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>

namespace proxmox::vault::test {
namespace {

struct Region {
    std::uintptr_t start;
    std::uintptr_t end;
    std::string flags;
};

/// Every mapping that can be read and is not a file's text: writable ones, and sealed secrets.
std::vector<Region> regions_of(pid_t process) {
    std::vector<Region> regions;
    std::ifstream maps("/proc/" + std::to_string(process) + "/smaps");
    bool wanted = false;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t start = 0;
        std::uintptr_t end = 0;
        std::array<char, 5> mode{};
        unsigned long inode = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx %4s %*x %*s %lu", &start, &end, mode.data(),
                        &inode) == 4) {
            wanted =
                mode[0] == 'r' && (mode[1] == 'w' || inode == 0) && line.find("[v") == line.npos;
            if (wanted) regions.push_back({start, end, {}});
        } else if (wanted && line.starts_with("VmFlags:")) {
            regions.back().flags = line;
        }
    }
    return regions;
}

}  // namespace

Watched::Watched(const std::vector<std::function<bool()>>& steps) {
    std::array<int, 2> go{};
    std::array<int, 2> done{};
    if (pipe(go.data()) != 0 || pipe(done.data()) != 0) return;
    process_ = fork();
    if (process_ == 0) {
        // Or the end of our side would never show.
        close(go[1]);
        close(done[0]);
        char token = 0;
        for (const auto& step : steps) {
            if (read(go[0], &token, 1) != 1 || !step()) _exit(1);
            if (write(done[1], "x", 1) != 1) _exit(1);
        }
        static_cast<void>(read(go[0], &token, 1));
        _exit(0);
    }
    close(go[0]);
    close(done[1]);
    go_ = go[1];
    done_ = done[0];
}

Watched::~Watched() {
    close(go_);
    close(done_);
    if (process_ > 0) waitpid(process_, nullptr, 0);
}

bool Watched::step() {
    char token = 0;
    return write(go_, "x", 1) == 1 && read(done_, &token, 1) == 1;
}

std::vector<std::string> places_of(pid_t process, std::string_view needle) {
    std::vector<std::string> places;
    const int memory = open(("/proc/" + std::to_string(process) + "/mem").c_str(), O_RDONLY);
    EXPECT_GE(memory, 0);
    std::size_t scanned = 0;
    for (const Region& region : regions_of(process)) {
        std::string bytes(region.end - region.start, '\0');
        const ssize_t size =
            pread(memory, bytes.data(), bytes.size(), static_cast<off_t>(region.start));
        if (size < 0) continue;
        bytes.resize(static_cast<std::size_t>(size));
        scanned += bytes.size();
        for (std::size_t at = bytes.find(needle); at != bytes.npos; at = bytes.find(needle, at + 1))
            places.push_back(region.flags);
        // The process that the next test forks inherits our heap.
        sodium_memzero(bytes.data(), bytes.size());
    }
    close(memory);
    EXPECT_GT(scanned, 100'000u);
    return places;
}

}  // namespace proxmox::vault::test
