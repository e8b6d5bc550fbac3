// The doctor's judgement: each fault alone is named by its own check.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor.h"

#include <gtest/gtest.h>

namespace proxmox {
namespace {

Facts healthy() {
    return {.has_devkit = true,
            .has_password_file = true,
            .host_and_port = "127.0.0.1:8006",
            .node = "px",
            .token = "me@pam!tool",
            .clock_difference_s = 0,
            .privileges =
                std::set<std::string>{"VM.Audit", "VM.PowerMgmt", "VM.Snapshot", "VM.Allocate"},
            .nodes = std::set<std::string>{"px", "py"}};
}

/// The names of the checks that are bad.
std::vector<std::string> faults_of(const Facts& facts) {
    std::vector<std::string> names;
    for (const Check& check : examine(facts))
        if (check.health == Health::bad) names.push_back(check.name);
    return names;
}

using Names = std::vector<std::string>;

TEST(Doctor, FindsNothingWhereNothingIsWrong) {
    for (const Check& check : examine(healthy())) {
        EXPECT_EQ(check.health, Health::good) << check.name;
        EXPECT_TRUE(check.remedy.empty()) << check.name;
    }
}

TEST(Doctor, NamesTheVariableThatIsNotSet) {
    Facts facts{.has_password_file = true, .closed = Error{Exit::credentials, "not set"}};
    EXPECT_EQ(faults_of(facts), Names{"RANGE42_ANSIBLE_ROLES__DEVKITS_DIR"});
    facts = {.has_devkit = true, .closed = Error{Exit::credentials, "not set"}};
    EXPECT_EQ(faults_of(facts), Names{"RANGE42_VAULT_PASSWORD_FILE"});
}

TEST(Doctor, NamesTheVaultThatDoesNotOpen) {
    const Facts facts{.has_devkit = true,
                      .has_password_file = true,
                      .closed = Error{Exit::credentials, "wrong password", "look at it"}};
    EXPECT_EQ(faults_of(facts), Names{"vault"});
}

TEST(Doctor, NamesTheStageAtWhichTheApiRefused) {
    Facts facts = healthy();
    facts.clock_difference_s.reset();
    facts.privileges.reset();
    facts.nodes.reset();
    facts.refused = Error{Exit::unreachable, "refused"};
    EXPECT_EQ(faults_of(facts), Names{"api reachable"});
    facts.refused->exit = Exit::tls_identity;
    EXPECT_EQ(faults_of(facts), Names{"TLS identity"});
    facts.refused->exit = Exit::credentials;
    EXPECT_EQ(faults_of(facts), Names{"token"});
}

TEST(Doctor, NamesAClockThatIsOffEitherWay) {
    Facts facts = healthy();
    for (const std::int64_t off : {clock_difference_limit_s + 1, -clock_difference_limit_s - 1}) {
        facts.clock_difference_s = off;
        EXPECT_EQ(faults_of(facts), Names{"clock"});
    }
    facts.clock_difference_s = clock_difference_limit_s;
    EXPECT_EQ(faults_of(facts), Names{});
}

TEST(Doctor, NamesAForeignNodeAndOffersTheKnownOnes) {
    Facts facts = healthy();
    facts.node = "pz";
    EXPECT_EQ(faults_of(facts), Names{"node name"});
    for (const Check& check : examine(facts))
        if (check.name == "node name") {
            EXPECT_NE(check.remedy.find("px, py"), std::string::npos);
        }
}

TEST(Doctor, NamesEachMissingPrivilegeAndTheLineThatGrantsIt) {
    for (const std::string name : {"VM.Audit", "VM.PowerMgmt", "VM.Snapshot", "VM.Allocate"}) {
        Facts facts = healthy();
        facts.privileges->erase(name);
        EXPECT_EQ(faults_of(facts), Names{name});
        for (const Check& check : examine(facts))
            if (check.name == name) {
                EXPECT_NE(check.remedy.find("pveum acl modify /vms --tokens 'me@pam!tool'"),
                          std::string::npos);
            }
    }
}

}  // namespace
}  // namespace proxmox
