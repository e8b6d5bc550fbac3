// Settings: each key checked, each failure naming the key and never the value.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings.h"

#include <gtest/gtest.h>

#include <string>

#include "workshop.h"

namespace proxmox::vault {
namespace {

using test::sample_yaml;

constexpr std::string_view keys[] = {"proxmox_api_host", "proxmox_api_user", "proxmox_api_token_id",
                                     "proxmox_api_token_secret", "proxmox_node"};

Result<Settings> parse(std::string_view yaml) {
    Opener opener("/nonexistent/password");
    return parse_settings(yaml, opener);
}

/// The sample with one line replaced.
std::string sample_with(std::string_view key, std::string_view line) {
    std::string yaml(sample_yaml);
    const std::size_t start = yaml.find(key);
    return yaml.replace(start, yaml.find('\n', start) + 1 - start, line);
}

void expect_failure(std::string_view yaml, std::string_view message) {
    const Result<Settings> settings = parse(yaml);
    ASSERT_FALSE(settings) << yaml;
    EXPECT_EQ(settings.error().exit, Exit::credentials);
    EXPECT_EQ(settings.error().message, message);
    EXPECT_NE(settings.error().remedy, "");
}

TEST(Settings, GivesWhatTheVaultSays) {
    const Result<Settings> settings = parse(sample_yaml);
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->api_host, "203.0.113.10:8006");
    EXPECT_EQ(settings->api_user, "range42_api@pam");
    EXPECT_EQ(settings->token_id, "r42_lab_demo");
    EXPECT_EQ(settings->token_secret.reveal(), "8f1c2d3e-0000-4000-8000-123456789abc");
    EXPECT_EQ(settings->node, "pve");
    EXPECT_EQ(settings->tls, "");
    EXPECT_EQ(settings->tls_pin, "");
    EXPECT_TRUE(settings->warnings.empty());
}

TEST(Settings, GivesTheOptionalOnes) {
    const Result<Settings> settings = parse(
        std::string(sample_yaml) + "proxmox_api_tls: strict\nproxmox_api_tls_pin: sha256//AbC=\n");
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->tls, "strict");
    EXPECT_EQ(settings->tls_pin, "sha256//AbC=");
    expect_failure(std::string(sample_yaml) + "proxmox_api_tls: off\n",
                   "proxmox_api_tls is not text in YAML: ansible would change it");
    expect_failure(std::string(sample_yaml) + "proxmox_api_tls: ''\n", "proxmox_api_tls is empty");
}

TEST(Settings, NamesTheKeyThatIsAbsent) {
    for (const std::string_view key : keys) {
        const std::string name(key);
        expect_failure(sample_with(key, ""), name + " is missing");
        expect_failure(sample_with(key, name + ": \"\"\n"), name + " is empty");
        expect_failure(sample_with(key, name + ":\n"), name + " is empty (null)");
        expect_failure(sample_with(key, name + ": null\n"), name + " is empty (null)");
        expect_failure(sample_with(key, name + ": ~\n"), name + " is empty (null)");
        expect_failure(sample_with(key, name + ": [a]\n"), name + " is not a single value");
    }
}

TEST(Settings, RefusesWhatAnsibleWouldRenderOrRetype) {
    for (const std::string_view key : keys) {
        const std::string name(key);
        for (const char* value : {"'{{ lookup() }}'", "'{% x %}'", "'a{#b#}'", "!unsafe '{{x}}'"})
            expect_failure(
                sample_with(key, name + ": " + value + "\n"),
                name + " holds a template ({{, {% or {#), which only ansible can render");
        for (const char* value : {"yes", "0100", "12:30:45", "2026-01-31"})
            expect_failure(sample_with(key, name + ": " + value + "\n"),
                           name + " is not text in YAML: ansible would change it");
    }
}

TEST(Settings, RefusesWhatCouldLeaveItsPlaceInARequest) {
    for (const std::string_view key : keys)
        for (const char* value : {"\"a\\r\\nX: y\"", "\"a\\nb\"", "\"a\\0b\"", "\"a\\x85b\"",
                                  "\"a b\"", "\" a\"", "\"\\ta\"", "\"\\e[0m\"", "|\n  a\n"})
            expect_failure(sample_with(key, std::string(key) + ": " + value + "\n"),
                           std::string(key) + " is malformed");
}

TEST(Settings, NeverNamesAValue) {
    constexpr std::string_view canary = "CANARY";
    for (const std::string_view key : keys)
        for (const char* value :
             {"\"CANARY \\n\"", "[CANARY]", "\"{{CANARY}}\"", "\"CANARY", "!CANARY x", "*CANARY",
              "%CANARY", "{CANARY: [", "!vault CANARY"}) {
            const Result<Settings> settings =
                parse(sample_with(key, std::string(key) + ": " + value + "\n"));
            ASSERT_FALSE(settings) << value;
            EXPECT_EQ((settings.error().message + settings.error().remedy).find(canary),
                      std::string::npos)
                << settings.error().message;
        }
}

TEST(Settings, OpensInlineVaults) {
    const test::Workshop workshop;
    Opener opener(workshop.write("password", "secret\n"));
    const auto inline_vault = [](std::string_view plaintext, std::string_view password) {
        std::string line = "proxmox_api_token_secret: !vault |\n";
        const std::string sealed = test::seal(plaintext, password);
        for (std::size_t start = 0; start < sealed.size();) {
            const std::size_t end = sealed.find('\n', start) + 1;
            line += "  " + sealed.substr(start, end - start);
            start = end;
        }
        return sample_with("proxmox_api_token_secret", line);
    };
    const Result<Settings> settings = parse_settings(inline_vault("0100", "secret"), opener);
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->token_secret.reveal(), "0100") << "it is text, whatever it looks like";

    const Result<Settings> wrong = parse_settings(inline_vault("token", "another"), opener);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().message,
              "proxmox_api_token_secret (!vault): "
              "the password does not open it, or the vault was altered");
    const Result<Settings> newline = parse_settings(inline_vault("token\n", "secret"), opener);
    ASSERT_FALSE(newline);
    EXPECT_EQ(newline.error().message, "proxmox_api_token_secret is malformed");
}

}  // namespace
}  // namespace proxmox::vault
