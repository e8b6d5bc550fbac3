// The judgement of the installed ansible on files, for differential tests.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "workshop.h"

namespace proxmox::vault::test {

/// The password that the oracle opens vaults with.
inline constexpr std::string_view oracle_password = "correct horse";

inline constexpr unsigned fixed_seed = 42;

/// What our own code makes of an envelope, in the oracle's words.
std::string our_verdict(std::string_view text, std::string_view password);

/// Collects files and asks ansible about all of them at once; skips without ansible.
class DifferentialTest : public testing::Test {
  protected:
    void SetUp() override;

    /// Adds a file to be judged, and gives its path.
    std::string add(std::string_view content, mode_t mode = 0600, std::string_view suffix = {});

    /// ansible's verdict on every file that was added, in the same order.
    std::vector<std::string> judge(const std::string& mode);

    /// The standard output of a command that sees nothing of the user's ansible configuration.
    std::string output_of(const std::string& command, int* status = nullptr) const;

    Workshop workshop;

  private:
    std::string python_;
    Workshop cases_;
    std::vector<std::string> names_;
};

}  // namespace proxmox::vault::test
