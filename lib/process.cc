// The process itself: its descriptors, its memory, and how it ends.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace proxmox {

bool harden_process() {
    const bool has_stdout = fcntl(STDOUT_FILENO, F_GETFD) != -1;
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF) (void)open("/dev/null", O_RDWR);
#if !defined(__SANITIZE_ADDRESS__)
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
#endif
    return has_stdout;
}

void end_process(Exit exit, const Output& output, const Signals& signals) {
    if (const int signal = signals.received(); signal != 0) Signals::die_of(signal);
    if (output.broken_by() == EPIPE && signals.pipe_is_fatal()) Signals::die_of(SIGPIPE);
    // What atexit would tidy up (mostly OpenSSL's tables) goes with the process anyway.
    _exit(static_cast<int>(exit));
}

}  // namespace proxmox
