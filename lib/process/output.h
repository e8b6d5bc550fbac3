// The only place that prints: whole lines to stdout, escaped words to stderr.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace proxmox {

/// Never tears a line, loses a byte or raises SIGPIPE; says when nobody takes the lines any more.
class Output {
  public:
    explicit Output(std::string tool) : tool_(std::move(tool)) {}

    /// Whole lines. False from the first failure on; nothing is written then.
    bool put(std::string_view lines);
    /// As much of them as is taken without waiting: so many bytes.
    std::size_t offer(std::string_view lines);
    /// Nothing is written to stdout any more.
    void give_up();
    /// Upstream's form; what is in it is already escaped.
    void trace(std::string_view text);
    void warning(std::string_view text);
    /// "TOOL: message", and the remedy on a line of its own.
    void error(const Error& error);
    /// What to do about it, under the words that it belongs to.
    void advice(std::string_view text);
    /// Upstream's fast path says errors of its own in this form, and how to do better below.
    void upstream_error(std::string_view text, std::string_view usage);
    /// What was asked for about the run itself, on stderr.
    void account(std::string_view title, std::string_view lines);

    /// Writes the one line of progress in its place on stderr, a terminal. False, and nothing
    /// written, while another process of ours has its line there.
    bool show_progress(std::string_view progress);
    void hide_progress();
    /// The same for a stderr that cannot take a line back.
    void plain_progress(std::string_view text);

    /// The text as it may be shown or kept: a mark stands wherever the secret would.
    std::string shown(std::string_view text) const;
    /// While listing, no word of ours may look like a line of the list: quotes are escaped.
    void guard_quotes() { guards_quotes_ = true; }
    /// While it lives, the output shows a mark wherever `secret` would stand. Only the place of the
    /// secret is kept, so it must outlive this.
    class Hidden {
      public:
        Hidden(Output& output, std::string_view secret) : output_(output) {
            output_.hidden_ = secret;
        }
        ~Hidden() { output_.hidden_ = {}; }
        Hidden(const Hidden&) = delete;
        Hidden& operator=(const Hidden&) = delete;

      private:
        Output& output_;
    };

    bool is_broken() const { return broken_by_ != 0; }
    /// The errno of the write that failed.
    int broken_by() const { return broken_by_; }

  private:
    void say(std::string text);
    void make_room_on(int descriptor, bool is_terminal);
    /// What one write to stdout may hold; learnt at the first one.
    std::size_t piece_limit();

    std::string tool_;
    std::string_view hidden_;
    bool guards_quotes_ = false;
    int broken_by_ = 0;
    std::size_t piece_limit_ = 0;
    bool has_progress_ = false;
    bool stdout_may_be_terminal_ = false;
};

}  // namespace proxmox
