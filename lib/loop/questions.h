// Questions that many lines share: each is asked once, and its answer is kept.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/api.h"
#include "api/exchange.h"

namespace proxmox {

class Questions {
  public:
    /// The answer that is known already; else `number` waits for it, and the question is to be sent
    /// by whoever is the first.
    struct Taken {
        Answer* answer = nullptr;
        bool is_first = false;
    };
    Taken take(const std::string& path, std::uint64_t number) {
        Shared& shared = shared_[path];
        if (shared.answer) return {.answer = &*shared.answer};
        shared.waiting.push_back(number);
        return {.is_first = shared.waiting.size() == 1};
    }

    /// Takes an answer as if it had been asked for.
    void know(const std::string& path, Answer answer) { shared_[path].answer = std::move(answer); }

    /// Who waits for this answer, and where it stays. Only a good one is kept: after a failure the
    /// next line asks anew.
    struct Delivery {
        Answer* answer;
        std::vector<std::uint64_t> waiting;
    };
    Delivery answered(const std::string& path, Answer& answer) {
        Shared& shared = shared_.at(path);
        const bool is_good = understand_status(answer).verdict == Verdict::good;
        Answer* const kept = is_good ? &shared.answer.emplace(std::move(answer)) : &answer;
        return {kept, std::exchange(shared.waiting, {})};
    }

  private:
    struct Shared {
        std::optional<Answer> answer{};
        std::vector<std::uint64_t> waiting{};
    };
    std::map<std::string, Shared> shared_;
};

}  // namespace proxmox
