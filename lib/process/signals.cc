// Signals: a handler that only notes and wakes.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/signals.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace proxmox {
namespace {

constexpr std::array caught{SIGINT, SIGTERM, SIGHUP};
constexpr int signal_status_base = 128;

volatile std::sig_atomic_t received_signal = 0;
int wake_descriptor = -1;

extern "C" void note_signal(int signal) {
    const int kept = errno;
    received_signal = signal;
    // The second one, whichever it is, finds the default again and ends the process at once.
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    for (const int other : caught) {
        struct sigaction current {};
        if (sigaction(other, nullptr, &current) == 0 && current.sa_handler == note_signal)
            sigaction(other, &action, nullptr);
    }
    const std::uint64_t one = 1;
    (void)!write(wake_descriptor, &one, sizeof one);
    errno = kept;
}

}  // namespace

Signals::Signals() {
    struct sigaction inherited {};
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, &inherited);
    pipe_is_fatal_ = inherited.sa_handler != SIG_IGN;
}

void Signals::catch_ends() {
    if (descriptor_ >= 0) return;
    descriptor_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    wake_descriptor = descriptor_;
    struct sigaction action {};
    action.sa_handler = note_signal;
    // Set by the kernel as the signal is delivered: no second one can slip in before the handler.
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    for (const int signal : caught) {
        struct sigaction inherited {};
        // Whoever started us with a signal ignored (nohup) wants it to stay so.
        if (sigaction(signal, &action, &inherited) == 0 && inherited.sa_handler == SIG_IGN)
            sigaction(signal, &inherited, nullptr);
    }
}

int Signals::received() const { return received_signal; }

void Signals::die_of(int signal) {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, nullptr);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
    raise(signal);
    _exit(signal_status_base + signal);
}

void Signals::restore() const {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    for (const int signal : caught) {
        struct sigaction current {};
        if (sigaction(signal, nullptr, &current) == 0 && current.sa_handler != SIG_IGN)
            sigaction(signal, &action, nullptr);
    }
    if (pipe_is_fatal_) sigaction(SIGPIPE, &action, nullptr);
}

}  // namespace proxmox
