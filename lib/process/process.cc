// The process itself: its descriptors, its memory, and how it ends.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/process.h"

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <new>
#include <string_view>

namespace proxmox {

namespace {

constexpr int heap_step = 1 << 20;

rlimit inherited_core_limit{};
Exit exit_without_memory = Exit::line_failed;

/// No line can be told any more: that would need memory.
[[noreturn]] void end_without_memory() {
    constexpr std::string_view words = ": out of memory\n";
    const std::string_view tool = program_invocation_short_name;
    (void)!write(STDERR_FILENO, tool.data(), tool.size());
    (void)!write(STDERR_FILENO, words.data(), words.size());
    _exit(static_cast<int>(exit_without_memory));
}

/// Puts /dev/null where a standard descriptor is closed: the next file opened would get its number,
/// and what is printed would go there. False when stdout was closed.
bool open_standard_descriptors() {
    std::array<pollfd, 3> standard{};
    for (int number = 0; number < 3; ++number)
        standard[static_cast<std::size_t>(number)].fd = number;
    // All three with one call. What interrupts it has asked nothing: then they count as open.
    if (poll(standard.data(), standard.size(), 0) <= 0) return true;
    for (const pollfd& descriptor : standard)
        if ((descriptor.revents & POLLNVAL) != 0) (void)open("/dev/null", O_RDWR);
    return (standard[STDOUT_FILENO].revents & POLLNVAL) == 0;
}

}  // namespace

bool harden_process() {
    std::set_new_handler(end_without_memory);
    // Without it the heap grows and shrinks in a dozen steps until the first answer is there.
    mallopt(M_TOP_PAD, heap_step);
    const bool has_stdout = open_standard_descriptors();
#if !defined(__SANITIZE_ADDRESS__)
    // Only the soft limit: whoever takes our place gets back what it had.
    if (getrlimit(RLIMIT_CORE, &inherited_core_limit) == 0) {
        const rlimit none{0, inherited_core_limit.rlim_max};
        if (inherited_core_limit.rlim_cur != 0) setrlimit(RLIMIT_CORE, &none);
    }
    prctl(PR_SET_DUMPABLE, 0);
#endif
    return has_stdout;
}

void expect_changes() { exit_without_memory = Exit::outcome_unknown; }

void unharden_process() {
#if !defined(__SANITIZE_ADDRESS__)
    setrlimit(RLIMIT_CORE, &inherited_core_limit);
#endif
}

void end_process(Exit exit, const Output& output, const Signals& signals) {
    if (const int signal = signals.received(); signal != 0) Signals::die_of(signal);
    if (output.broken_by() == EPIPE && signals.pipe_is_fatal()) Signals::die_of(SIGPIPE);
    // What atexit would tidy up (mostly OpenSSL's tables) goes with the process anyway.
    _exit(static_cast<int>(exit));
}

}  // namespace proxmox
