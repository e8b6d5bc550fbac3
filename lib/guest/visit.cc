// A line's visit to a machine over ssh: what its stages share, and how a call of ssh ends.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/visit.h"

#include <fmt/format.h>

#include <utility>

#include "base/escape.h"
#include "guest/guest_answer.h"
#include "guest/machine.h"

namespace proxmox {

Failure visit_failure(const Line& line, Exit exit, std::string_view what, std::string_view cause,
                      std::string_view advice) {
    return machine_failure(line, exit, what, cause, while_it_runs(advice));
}

Failure refused_identity(const Visit& visit, const Ended& ended) {
    const std::string file = known_hosts_file(visit.run.ssh, visit.line.record);
    return visit_failure(
        visit.line, Exit::tls_identity, "the guest is not the one that is known", "",
        file.empty() ? ssh_words(ended.executed)
                     : fmt::format("if it was installed anew or started from the "
                                   "network: guest.wait_ssh --forget-key, or remove {}",
                                   escape(file)));
}

Way<Ended> run_ssh(Line& line, Execution execution) {
    Execute wanted{std::move(execution)};
    Executed* const executed = co_await line.stand.told<Executed*>(std::move(wanted));
    if (executed->how == Executed::How::interrupted)
        co_return ends_by({.sentence = line.stand.doing.when_cut_short});
    Ended ended{std::move(*executed)};
    ended.trouble = take_marks(ended.executed);
    co_return ended;
}

}  // namespace proxmox
