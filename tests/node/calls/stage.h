// Everything one stand-in owns, and the one way in: a request becomes an answer, now or later.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: all that a call finds on its way is shown in one piece.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "http/http.h"
#include "http/json.h"
#include "http/parameters.h"
#include "model/access.h"
#include "model/config_locks.h"
#include "model/daemon.h"
#include "model/deadlines.h"
#include "model/model.h"
#include "model/objects.h"
#include "model/options.h"
#include "model/tasks.h"

namespace demo_node {

struct Call;
struct Route;

/// The state behind the API: the cluster, its tasks and locks, the tokens, the workers.
class Stage {
  public:
    explicit Stage(const Options& chosen)
        : options(chosen),
          cluster(make_cluster(chosen)),
          objects(make_objects(chosen)),
          random(chosen.seed) {
        tell_cluster();
    }

    using Reply = std::function<void(Answer)>;

    /// What can be said about a request before its body has come: a refusal, or nothing.
    std::optional<Answer> refuse_head(const Request& request) const;

    /// Answers a complete request; `reply` is called exactly once.
    void answer(const Request& request, bool worker_dies, Reply reply);

    const Options& options;
    Cluster cluster;
    Objects objects;
    Access access{};
    Deadlines deadlines{};
    ConfigLocks locks{deadlines};
    Tasks tasks{options, deadlines, locks};
    /// Collections of what runs, by the path of those that may have changed since.
    std::map<std::string, Items> applied = objects.below("/nodes");
    std::map<std::string, Daemon> daemons{};
    Random random;
    Clock::time_point booted = Clock::now();
    std::string fingerprint{};
    std::string certificate{};

  private:
    struct Forwarded;
    void tell_cluster();
    void forward(Forwarded call);
    std::optional<Answer> check(const Call& call, const Route& route);
};

/// One call on its way to its handler.
struct Call {
    Stage& stage;
    const Token& token;
    Parameters parameters{};
    const Route* route = nullptr;
    const GuestKind* kind = &machines;
    /// The worker that the call starts dies before it does anything.
    bool worker_dies = false;
    /// False when the lock that the route asks for was not granted in time.
    bool got_lock = true;

    std::string node() const { return parameters.text("node"); }
    long vmid() const { return parameters.number("vmid"); }
    std::string vm_path() const { return "/vms/" + parameters.text("vmid"); }

    /// The guest on the node of this call, or nullptr.
    Guest* guest() const { return stage.cluster.guest(*kind, node(), vmid()); }
};

}  // namespace demo_node
