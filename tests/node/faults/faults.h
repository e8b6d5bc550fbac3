// Faults on purpose: what goes wrong with which requests, as --fault says.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <regex.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "http/http.h"
#include "http/json.h"

namespace demo_node {

/// What happens to a new connection before it can ask for anything.
enum class Welcome { kind, refuse, mute, plain, tls_cut };

struct FreeRegex {
    void operator()(regex_t* pattern) const {
        regfree(pattern);
        delete pattern;
    }
};

struct FaultKind;

/// One fault: what goes wrong, and which requests it meets.
struct Fault {
    const FaultKind* kind = nullptr;
    std::string value{};
    /// The work is not done: the request fails before it.
    bool instead = false;
    std::string method{};
    std::shared_ptr<regex_t> path{};
    std::shared_ptr<regex_t> form{};
    int first = 1;
    int last = 0;  // 0: no last one
    double rate = 1;
    int matches = 0;

    /// Counts the request or connection, and says whether it is one of those to meet.
    bool strikes(Random& random);
};

/// "cut=half method=POST path=/qemu/100/ form=vmid=7 nth=2-3 rate=0.5 instead"; values are
/// percent-encoded.
proxmox::Result<Fault> read_fault(std::string_view spec);

/// One line for each kind of fault.
std::string fault_usage();

/// All faults of a node, and the dice for those that strike at random.
class Faults {
  public:
    Faults(std::vector<Fault> faults, std::uint64_t seed)
        : faults_(std::move(faults)), random_(seed) {}

    Welcome welcome();
    /// Those that strike this request, in the order of the command line.
    std::vector<Fault> choose(const Request& request);

  private:
    std::vector<Fault> faults_;
    Random random_;
};

bool any_instead(const std::vector<Fault>& faults);
bool any_dead_worker(const std::vector<Fault>& faults);

/// Lets the faults have their way with an answer and with how it is sent.
void spoil(const std::vector<Fault>& faults, Answer& answer);

}  // namespace demo_node
