// Signals: the first one asks the run to end in order, the second one ends it at once.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace proxmox {

/// Ignores PIPE from its beginning, catches INT, TERM and HUP from `catch_ends` on, unless the
/// parent had them ignored. One per process.
class Signals {
  public:
    Signals();
    void catch_ends();

    /// The signal that came, 0 while none has.
    int received() const;
    /// Readable once a signal has come.
    int descriptor() const { return descriptor_; }
    /// Ends the process by the signal, so that the parent sees what happened.
    [[noreturn]] static void die_of(int signal);
    /// SIGPIPE's own default, unless the parent ignores it.
    bool pipe_is_fatal() const { return pipe_is_fatal_; }
    /// What a child must not inherit: our handlers and the ignored SIGPIPE.
    void restore() const;

  private:
    int descriptor_ = -1;
    bool pipe_is_fatal_ = true;
};

}  // namespace proxmox
