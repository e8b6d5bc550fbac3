// The doctor's judgement: each fault alone is named by its own check.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "doctor/doctor.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "api/network_way.h"
#include "trust/openssl_builds.h"

namespace proxmox {
namespace {

Facts healthy() {
    return {.has_devkit = true,
            .has_password_file = true,
            .host_and_port = "127.0.0.1:8006",
            .addresses = {"127.0.0.1"},
            .node = "px",
            .token = "me@pam!tool",
            .clock_difference_s = 0,
            .privileges =
                std::set<std::string>{"VM.Audit", "VM.PowerMgmt", "VM.Snapshot", "VM.Allocate"},
            .nodes = std::set<std::string>{"px", "py"},
            .tools = {{"start", "VM.PowerMgmt,VM.Audit"},
                      {"delete", "VM.Allocate"},
                      {"snapshot", "VM.Snapshot"}},
            .storages = std::vector<Storage>{{"thin", "lvmthin", true}},
            .vms = LookedAtVms{.count = 1},
            .linked_openssl = "3.0.17-1",
            .installed_openssl = "3.0.17-1"};
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

TEST(Doctor, NamesAVaultWhoseSecretsLieOpen) {
    Facts facts = healthy();
    facts.exposures = {"vault.yml: not encrypted", "password: every user can read it"};
    EXPECT_EQ(faults_of(facts), Names{"vault"});
    const auto checks = examine(facts);
    const auto vault = std::ranges::find(checks, "vault", &Check::name);
    EXPECT_EQ(vault->finding, "vault.yml: not encrypted; password: every user can read it");
    EXPECT_FALSE(vault->remedy.empty());
}

TEST(Doctor, NamesAnIdentityThatNobodyChecks) {
    Facts facts = healthy();
    facts.trust = TrustMode::insecure;
    EXPECT_EQ(faults_of(facts), Names{"TLS identity"});
}

TEST(Doctor, TellsWhichRoleComesFirst) {
    EXPECT_EQ(check_role({.path = "/a"}).health, Health::advice);
    EXPECT_EQ(check_role({.path = "/a", .first = "/a/x", .is_first_ours = true}).health,
              Health::good);
    const Check check = check_role({.path = "/a", .first = "/a/upstream"});
    EXPECT_EQ(check.health, Health::advice);
    EXPECT_NE(check.finding.find("/a/upstream"), std::string::npos);
    EXPECT_NE(check.remedy.find("activate.sh"), std::string::npos);
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
    facts.privileges = {};
    facts.nodes = {};
    facts.refused = Error{Exit::unreachable, "refused"};
    EXPECT_EQ(faults_of(facts), Names{"api reachable"});
    facts.port_trouble = "Connection refused";
    EXPECT_EQ(faults_of(facts), Names{"port"});
    facts.port_trouble.clear();
    facts.addresses.clear();
    EXPECT_EQ(faults_of(facts), Names{"name resolution"});
    facts.addresses = {"127.0.0.1"};
    facts.refused->exit = Exit::tls_identity;
    EXPECT_EQ(faults_of(facts), Names{"TLS identity"});
    facts.refused->exit = Exit::credentials;
    EXPECT_EQ(faults_of(facts), Names{"token"});
}

TEST(Doctor, NamesThePasswordFile) {
    const Facts facts{.has_devkit = true,
                      .has_password_file = true,
                      .password_trouble = "x: Permission denied",
                      .closed = Error{Exit::credentials, "no password"}};
    EXPECT_EQ(faults_of(facts), Names{"password file"});
}

TEST(Doctor, NamesAStorageThatCannotTakeSnapshots) {
    Facts facts = healthy();
    facts.storages = std::vector<Storage>{{"thick", "lvm"}};
    EXPECT_EQ(faults_of(facts), Names{"snapshots"});
    facts.storages->push_back({"thin", "lvmthin"});
    EXPECT_EQ(faults_of(facts), Names{}) << "one that can is enough to work with";
    facts.storages->clear();
    EXPECT_EQ(faults_of(facts), Names{}) << "what is not seen is not known";
}

TEST(Doctor, AdvisesWhereAnAgentIsOff) {
    Facts facts = healthy();
    facts.vms = LookedAtVms{.count = 2, .without_agent = {"100"}};
    EXPECT_EQ(faults_of(facts), Names{});
    EXPECT_EQ(examine(facts).back().health, Health::advice);
    EXPECT_NE(examine(facts).back().remedy.find("qm set 100 --agent 1"), std::string::npos);
}

TEST(Doctor, TakesADirectoryForAbleOnlyWhereItHoldsQcow2) {
    Facts facts = healthy();
    facts.storages = std::vector<Storage>{{"local", "dir", false}};
    EXPECT_EQ(faults_of(facts), Names{"snapshots"});
    facts.storages = std::vector<Storage>{{"thick", "lvm", true}};
    EXPECT_EQ(faults_of(facts), Names{}) << "its snapshots are a chain of volumes";
}

/// The one check of this name.
Check check_named(const Facts& facts, std::string_view name) {
    for (const Check& check : examine(facts))
        if (check.name == name) return check;
    return {};
}

TEST(Doctor, AdvisesWhereAVmCannotTakeSnapshots) {
    Facts facts = healthy();
    facts.vms = LookedAtVms{.count = 3, .without_snapshots = {"101", "102"}};
    EXPECT_EQ(faults_of(facts), Names{});
    const Check check = check_named(facts, "VM snapshots");
    EXPECT_EQ(check.health, Health::advice);
    EXPECT_EQ(check.finding, "possible in 1 of 3 VMs looked at; not in 101, 102");
    EXPECT_NE(check.remedy.find("qm disk move 101 "), std::string::npos);
}

TEST(Doctor, SaysWhatCameInsteadOfAnAnswer) {
    Facts facts = healthy();
    facts.vms = LookedAtVms{.count = 2, .trouble = "no answer: HTTP 500"};
    EXPECT_EQ(check_named(facts, "agent").finding,
              "on in 2 of 2 VMs looked at; about others: no answer: HTTP 500");
    facts.vms = LookedAtVms{.trouble = "no answer: HTTP 500"};
    EXPECT_EQ(check_named(facts, "agent").health, Health::unknown);
    EXPECT_EQ(check_named(facts, "agent").finding, "no answer: HTTP 500");
    facts.nodes = std::unexpected(std::string("no answer: HTTP 502"));
    EXPECT_EQ(check_named(facts, "node name").finding, "no answer: HTTP 502");
}

TEST(Doctor, AdvisesWhereTheSystemHasAnotherOpenSsl) {
    Facts facts = healthy();
    facts.installed_openssl = "3.0.18-1";
    EXPECT_EQ(check_named(facts, "OpenSSL").health, Health::advice);
    EXPECT_EQ(check_named(facts, "OpenSSL").finding,
              "3.0.17-1 is linked in, this system has 3.0.18-1");
    facts.installed_openssl.clear();
    EXPECT_EQ(check_named(facts, "OpenSSL").health, Health::unknown);
}

TEST(OpenSslBuild, IsToldAlikeByBothLibrariesOfOnePackage) {
    EXPECT_TRUE(linked_openssl().starts_with("3.")) << linked_openssl();
    if (installed_openssl().empty()) GTEST_SKIP() << "there is no shared library here";
    EXPECT_TRUE(installed_openssl().contains(", built ")) << installed_openssl();
}

TEST(Doctor, NamesTheToolsAndTheReleasesOwnPrivilege) {
    Facts facts = healthy();
    facts.tools = {{"guest.run", "VM.GuestAgent.Unrestricted"}};
    facts.version = "9.2.11";
    EXPECT_EQ(faults_of(facts), Names{"VM.GuestAgent.Unrestricted"});
    facts.version = "8.4.1";
    EXPECT_EQ(faults_of(facts), Names{"VM.Monitor"});
    facts.tools = {{"start", "VM.PowerMgmt"}, {"stop", "VM.PowerMgmt"}};
    for (const Check& check : examine(facts))
        if (check.name == "VM.PowerMgmt") {
            EXPECT_EQ(check.finding, "for start, stop");
        }
}

TEST(NetworkWay, TellsANameThatLeadsNowhereFromAPortThatIsClosed) {
    constexpr std::size_t longer_than_a_label = 70;
    const NetworkWay lost = look_at_way(std::string(longer_than_a_label, 'x') + ":8006");
    EXPECT_TRUE(lost.addresses.empty());
    const NetworkWay closed = look_at_way("127.0.0.1:1");
    EXPECT_EQ(closed.addresses, std::vector<std::string>{"127.0.0.1"});
    EXPECT_EQ(closed.port_trouble, "Connection refused");
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
                EXPECT_NE(check.remedy.find("--tokens 'me@pam!tool'"), std::string::npos);
            }
    }
}

}  // namespace
}  // namespace proxmox
