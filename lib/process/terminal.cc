// The terminal behind a descriptor, if there is one: how wide it is and what it understands.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "process/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/environment.h"

namespace proxmox {

std::size_t terminal_width(int descriptor) {
    if (isatty(descriptor) != 1) return 0;
    winsize size{};
    const bool is_known = ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known ? size.ws_col : usual_terminal_width;
}

bool is_in_foreground(int terminal) {
    const pid_t owner = tcgetpgrp(terminal);
    return owner == -1 || owner == getpgrp();
}

bool terminal_can_rewrite() {
    const std::string kind = environment("TERM");
    return !kind.empty() && kind != "dumb";
}

}  // namespace proxmox
