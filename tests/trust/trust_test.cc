// Trust: what the modes mean, and what is said when a key is refused.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "trust/trust.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace proxmox {
namespace {

const std::string key_a = "one public key";
const std::string key_b = "another public key";

TEST(TrustPolicy, UnderstandsEachMode) {
    EXPECT_EQ(parse_trust("")->mode, TrustMode::first_use);
    EXPECT_EQ(parse_trust("tofu")->mode, TrustMode::first_use);
    EXPECT_EQ(parse_trust("strict")->mode, TrustMode::strict);
    EXPECT_EQ(parse_trust("system")->mode, TrustMode::system);
    EXPECT_EQ(parse_trust("insecure")->mode, TrustMode::insecure);
    const auto pins = parse_trust("pin:" + pin_of(key_a) + ";" + pin_of(key_b));
    ASSERT_TRUE(pins);
    EXPECT_EQ(pins->pins, (std::vector{pin_of(key_a), pin_of(key_b)}));
    const auto authority = parse_trust("ca:/etc/ca.pem;name=pve.lab");
    ASSERT_TRUE(authority);
    EXPECT_EQ(authority->authority_file, "/etc/ca.pem");
    EXPECT_EQ(authority->server_name, "pve.lab");
}

TEST(TrustPolicy, WhatItDoesNotUnderstandIsRefused) {
    const std::string pin = pin_of(key_a);
    for (const std::string& text : {std::string("Tofu"),
                                    std::string("tofu "),
                                    std::string("insecur"),
                                    std::string("none"),
                                    std::string("0"),
                                    std::string("pin"),
                                    std::string("pin:"),
                                    "pin:" + pin + ";",
                                    "pin:;" + pin,
                                    "pin:" + pin.substr(8),
                                    "pin:" + pin + ", " + pin,
                                    "pin:" + pin.substr(0, pin.size() - 1),
                                    std::string("pin:sha1//AAAA"),
                                    std::string("ca:"),
                                    std::string("ca:relative.pem"),
                                    std::string("ca:/a;name="),
                                    std::string("ca:/a;name=a/b"),
                                    std::string("ca:/a;name=a:1"),
                                    std::string("ca:/a;name=a@b"),
                                    std::string("system;insecure")}) {
        const auto policy = parse_trust(text);
        ASSERT_FALSE(policy) << text;
        EXPECT_EQ(policy.error().exit, Exit::tls_identity) << text;
        EXPECT_NE(policy.error().remedy.find("RANGE42_PROXMOX_API_TLS"), std::string::npos);
    }
}

class TrustTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "trust.XXXXXX";
        place = mkdtemp(pattern.data());
        store = place + "/range42/known_proxmox";
    }
    void TearDown() override { std::filesystem::remove_all(place); }
    Trust trust(std::string_view mode = "tofu", Memory memory = Memory::keeps) const {
        return {*parse_trust(mode), "PVE:8006", store, memory};
    }
    /// Each of the texts stands somewhere in what the user is told.
    static void expect_told(const Error& error, std::initializer_list<std::string> texts) {
        const std::string told = error.message + "\n" + error.remedy;
        for (const std::string& text : texts)
            EXPECT_NE(told.find(text), std::string::npos) << text << "\nis not in\n" << told;
    }

    std::string place;
    std::string store;
};

TEST_F(TrustTest, AFirstMeetingIsAnnouncedOnceAndThenSilent) {
    Trust first = trust();
    EXPECT_TRUE(first.accepts(key_a));
    EXPECT_TRUE(first.accepts(key_a));
    const auto notes = first.take_notes();
    ASSERT_EQ(notes.size(), 1U);
    expect_told({Exit::ok, notes[0]}, {"pve:8006", pin_of(key_a), store, "openssl x509"});
    Trust second = trust();
    EXPECT_TRUE(second.accepts(key_a));
    EXPECT_TRUE(second.take_notes().empty());
}

TEST_F(TrustTest, AChangedKeyIsRefusedWithAllThatIsNeeded) {
    EXPECT_TRUE(trust().accepts(key_a));
    Trust second = trust();
    EXPECT_FALSE(second.accepts(key_b));
    EXPECT_EQ(second.refusal().exit, Exit::tls_identity);
    expect_told(second.refusal(),
                {"pve:8006", pin_of(key_a), pin_of(key_b), store + ":1", "no credentials were sent",
                 "proxmox_api.trust pve:8006 --replace"});
    // The right key afterwards does not heal the run.
    EXPECT_FALSE(second.accepts(key_a));
}

TEST_F(TrustTest, StrictKnowsNobodyNew) {
    Trust strict = trust("strict");
    EXPECT_FALSE(strict.accepts(key_a));
    expect_told(strict.refusal(), {"strict", pin_of(key_a), "proxmox_api.trust pve:8006 --add"});
    EXPECT_FALSE(std::filesystem::exists(store));
    EXPECT_TRUE(trust().accepts(key_a));
    EXPECT_TRUE(trust("strict").accepts(key_a));
}

TEST_F(TrustTest, PinsDecideAloneAndStoreNothing) {
    EXPECT_TRUE(trust().accepts(key_b));
    const std::string pins = "pin:" + pin_of("a third") + ";" + pin_of(key_a);
    EXPECT_TRUE(trust(pins).accepts(key_a));
    Trust judge = trust(pins);
    EXPECT_FALSE(judge.accepts(key_b));
    expect_told(judge.refusal(), {pin_of("a third") + " or " + pin_of(key_a), pin_of(key_b)});
}

TEST_F(TrustTest, WhoForgetsStillRefusesAChangedKey) {
    EXPECT_TRUE(trust("tofu", Memory::forgets).accepts(key_a));
    EXPECT_FALSE(std::filesystem::exists(store));
    EXPECT_TRUE(trust().accepts(key_a));
    EXPECT_FALSE(trust("tofu", Memory::forgets).accepts(key_b));
}

TEST_F(TrustTest, SomebodyIsMeantWhereTheUserOrTheStoreSaysWho) {
    EXPECT_FALSE(trust("insecure").must_be_proven());
    EXPECT_FALSE(trust().must_be_proven());
    for (const std::string& mode : {std::string("strict"), std::string("system"),
                                    std::string("ca:/a"), "pin:" + pin_of(key_a)})
        EXPECT_TRUE(trust(mode).must_be_proven()) << mode;
    Trust first = trust();
    EXPECT_TRUE(first.accepts(key_a));
    EXPECT_TRUE(first.must_be_proven());
    EXPECT_TRUE(trust().must_be_proven());
    EXPECT_FALSE(trust("insecure").must_be_proven());
    EXPECT_FALSE(Trust(*parse_trust("tofu"), "other:8006", store).must_be_proven());
    std::ofstream(store, std::ios::app) << "garbage\n";
    EXPECT_TRUE(Trust(*parse_trust("tofu"), "other:8006", store).must_be_proven());
}

TEST_F(TrustTest, AStoreThatCannotBeWrittenHoldsForOneRun) {
    std::ofstream(place + "/range42") << "in the way";
    Trust judge = trust();
    EXPECT_TRUE(judge.accepts(key_a));
    expect_told({Exit::ok, judge.take_notes().at(0)}, {"in this run only", "could not be stored"});
    EXPECT_FALSE(judge.accepts(key_b));
    expect_told(judge.refusal(), {"changed during this run"});
}

TEST_F(TrustTest, ADamagedStoreTrustsNobody) {
    std::filesystem::create_directory(place + "/range42");
    std::ofstream(store) << "pve:8006 sha256//damaged 2026-01-01\n";
    EXPECT_FALSE(trust().accepts(key_a));
}

TEST_F(TrustTest, ASpellingByHandIsTheSameServer) {
    std::filesystem::create_directory(place + "/range42");
    std::ofstream(store) << "Pve:8006 " << pin_of(key_a) << '\n';
    EXPECT_FALSE(trust().accepts(key_b));
    EXPECT_TRUE(trust().accepts(key_a));
}

TEST_F(TrustTest, InsecureWarnsOnce) {
    Trust judge = trust("insecure");
    EXPECT_TRUE(judge.accepts(key_a));
    EXPECT_TRUE(judge.accepts(key_b));
    EXPECT_EQ(judge.take_notes().size(), 1U);
    EXPECT_TRUE(judge.take_notes().empty());
}

}  // namespace
}  // namespace proxmox
