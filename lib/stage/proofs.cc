// Proofs: what shows that a change has taken effect, read out of a guest's state.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/proofs.h"

namespace proxmox {
namespace {

Shown shown_if(bool is_there) { return is_there ? Shown::yes : Shown::no; }

/// Not all may see what the emulator says of itself; then the guest's status has to do.
bool is_held(const Seen& seen) { return seen.data()["qmpstatus"].text() == "paused"; }

}  // namespace

Shown shows_running(const Seen& seen) {
    return shown_if(seen.data()["status"].text() == "running" && !is_held(seen));
}

Shown shows_stopped(const Seen& seen) {
    return shown_if(seen.data()["status"].text() == "stopped");
}

Shown shows_paused(const Seen& seen) { return shown_if(is_held(seen)); }

Shown shows_rebooted(const Seen& seen) {
    const auto up = seen.data()["uptime"].integer();
    const bool is_up = seen.data()["status"].text() == "running" && up;
    if (!is_up) return Shown::under_way;
    return shown_if(std::chrono::seconds{*up} <= seen.since);
}

Shown shows_gone(const Seen& seen) { return shown_if(seen.finding.verdict == Verdict::no_such_vm); }

}  // namespace proxmox
