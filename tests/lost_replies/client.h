// A client: runs of tools over lines, as a shift has them, in a world without time of its own.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "loop/lanes.h"
#include "way/walk.h"
#include "world.h"

namespace lost_replies {

/// What all clients happen to want at about the same time.
struct Fashion {
    const Subject* subject = nullptr;
    long vm_id = 0;
    long new_id = 0;
    std::string snapshot{};
    std::string description{};

    void change(Dice& dice);
};

class Client {
  public:
    Client(World& world, const Fashion& fashion, int number, int runs);
    ~Client();

  private:
    struct Run;
    struct Walking;

    void begin_run();
    /// A line that the tool takes, about a guest that is there.
    proxmox::Record record(const Subject& subject, bool is_in_fashion);
    long some_guest(const Subject& subject);
    void begin_lines();
    void begin_line(proxmox::Waiting waiting);
    void take(const std::shared_ptr<Walking>& walking, proxmox::Step step);
    void want(const std::shared_ptr<Walking>& walking, proxmox::Want wanted);
    void look_at_task(const std::shared_ptr<Walking>& walking, const proxmox::AwaitTask& task,
                      Time since);
    void tell(const std::shared_ptr<Walking>& walking, proxmox::Told told);
    std::int64_t reserve(const proxmox::ReserveId& wanted);

    World& world_;
    const Fashion& fashion_;
    int number_;
    int runs_left_;
    std::uint64_t lines_begun_ = 0;
    std::set<std::int64_t> reserved_{};
    std::unique_ptr<Run> run_{};
};

}  // namespace lost_replies
