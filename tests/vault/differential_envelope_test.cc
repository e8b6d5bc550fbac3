// Differential tests of envelopes: accepted and refused as by ansible, in both directions.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ansible_judge.h"
#include "vault.h"
#include "workshop.h"

namespace proxmox::vault {
namespace {

using test::DifferentialTest;
using test::hexlify;
using test::our_verdict;
using test::seal;
using test::Sealing;
using test::wrap;

constexpr std::string_view password = test::oracle_password;

/// Layouts, headers and inner texts, right and wrong.
std::vector<std::string> envelope_table() {
    const std::string plaintext = "proxmox_node: pve\n";
    const std::string body = test::seal_body(plaintext, password);
    const std::string header = "$ANSIBLE_VAULT;1.1;AES256";
    const std::string digits = hexlify(body);
    std::vector<std::string> table;
    for (const char* each : {"$ANSIBLE_VAULT;1.1;AES256",
                             "$ANSIBLE_VAULT;1.2;AES256;lab",
                             "$ANSIBLE_VAULT;1.3;AES256",
                             "$ANSIBLE_VAULT;9.9;AES256",
                             "$ANSIBLE_VAULT;;AES256",
                             "$ANSIBLE_VAULT; 1.1 ; AES256 ",
                             "$ANSIBLE_VAULT;1.2;AES256;a;b;c",
                             "$ANSIBLE_VAULT;1.1;AES256;",
                             "$ANSIBLE_VAULT;1.1;AES",
                             "$ANSIBLE_VAULT;1.1;aes256",
                             "$ANSIBLE_VAULT;1.1;",
                             "$ANSIBLE_VAULT;1.1",
                             "$ANSIBLE_VAULT",
                             "$ANSIBLE_VAULTX;1.1;AES256",
                             "$ansible_vault;1.1;AES256",
                             " $ANSIBLE_VAULT;1.1;AES256",
                             "$ANSIBLE_VAULT;1.1;AES256\t",
                             "$ANSIBLE_VAULT,1.1,AES256",
                             "$ANSIBLE_VAULT;1.1;AES256\v",
                             "$ANSIBLE_VAULT;1.1;AES256\x1c",
                             "\n$ANSIBLE_VAULT;1;AES256",
                             "$ANSIBLE_VAULT;1.1;AES256;\xc3\xa9",
                             "\xef\xbb\xbf$ANSIBLE_VAULT;1.1;AES256"})
        table.push_back(wrap(body, each));
    std::string upper = digits;
    for (char& digit : upper) digit = static_cast<char>(std::toupper(digit));
    for (const std::string& text : {digits,
                                    digits + "\n",
                                    upper,
                                    "\n\n" + digits + "\n\n",
                                    digits.substr(0, 9) + "\n" + digits.substr(9),
                                    digits + " ",
                                    digits + "\t\n",
                                    " " + digits,
                                    digits + "\v\n",
                                    digits + "\f",
                                    digits + "\x1c",
                                    digits + "\x85",
                                    digits + "0",
                                    digits + "00",
                                    digits + "0a",
                                    digits.substr(1),
                                    std::string(),
                                    digits + std::string("\0", 1),
                                    "0x" + digits,
                                    digits.substr(0, 20) + "  " + digits.substr(20)})
        for (const char* line_end : {"\n", "\r\n", "\r", "\n\r"})
            table.push_back(header + line_end + text);
    const std::size_t salt_end = body.find('\n');
    const std::size_t mac_end = body.find('\n', salt_end + 1);
    const std::string salt = body.substr(0, salt_end);
    const std::string mac = body.substr(salt_end + 1, mac_end - salt_end - 1);
    const std::string ciphertext = body.substr(mac_end + 1);
    std::string upper_mac = mac;
    for (char& digit : upper_mac) digit = static_cast<char>(std::toupper(digit));
    for (const std::string& inner :
         {salt + "\n" + upper_mac + "\n" + ciphertext, salt + "\n" + mac, salt, std::string("\n\n"),
          salt + "\n" + mac + "\n", salt + "\n" + mac + "\n" + ciphertext + "\n",
          salt + "\n\n" + mac + "\n" + ciphertext, salt + "\r\n" + mac + "\r\n" + ciphertext,
          salt + "\n" + mac + "\n" + ciphertext.substr(2), salt + "\n" + mac + " \n" + ciphertext,
          "\n" + mac + "\n" + ciphertext, salt + "\n\n" + ciphertext, salt + "\n" + mac + "\nzz",
          salt + "\n" + mac.substr(2) + "\n" + ciphertext, salt + "\n" + mac + "00\n" + ciphertext})
        table.push_back(wrap(inner, header));
    for (const std::string& other_salt : {std::string(), std::string("s"), std::string(100, 's')})
        table.push_back(seal(plaintext, password, Sealing{.salt = other_salt}));
    for (const std::string& unpadded :
         {std::string(), std::string(16, '\x10'), std::string(16, '\x11'), std::string(16, '\0'),
          std::string(15, '\x01'), std::string(17, '\x01'),
          std::string("\1\1\1\1\1\1\1\1\1\1\1\1\1\2\3\3")})
        table.push_back(seal(unpadded, password, Sealing{.pad = false}));
    return table;
}

TEST_F(DifferentialTest, EnvelopesAreJudgedAlike) {
    const std::vector<std::string> table = envelope_table();
    for (const std::string& text : table) add(text);
    const std::vector<std::string> verdicts = judge("decrypt");
    int accepted = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
        EXPECT_EQ(our_verdict(table[i], password), verdicts[i]) << "case " << i << ":\n"
                                                                << table[i];
        accepted += verdicts[i] != "error";
    }
    EXPECT_GT(accepted, 30) << "of " << table.size();
}

TEST_F(DifferentialTest, WhatAnsibleEncryptsIsRead) {
    std::vector<std::string> contents;
    for (const std::size_t size : {0, 1, 15, 16, 17, 31, 32, 33, 1000, 20'000}) {
        contents.push_back(std::string(size, 'x'));
        add(contents.back());
        contents.push_back(std::string(size, '\xff'));
        add(contents.back(), 0600, "labelled");
    }
    const std::vector<std::string> verdicts = judge("encrypt");
    for (std::size_t i = 0; i < contents.size(); ++i) {
        ASSERT_TRUE(verdicts[i].starts_with("ok "));
        std::string sealed;
        for (std::size_t at = 3; at + 1 < verdicts[i].size(); at += 2)
            sealed += static_cast<char>(std::stoi(verdicts[i].substr(at, 2), nullptr, 16));
        EXPECT_TRUE(sealed.starts_with(i % 2 ? "$ANSIBLE_VAULT;1.2;AES256;lab\n"
                                             : "$ANSIBLE_VAULT;1.1;AES256\n"));
        EXPECT_EQ(our_verdict(sealed, password), "ok " + hexlify(contents[i])) << i;
    }
}

TEST_F(DifferentialTest, TheCommandItselfAgrees) {
    const std::string pass = workshop.write("pass", std::string(password) + "\n");
    const std::string script =
        workshop.write("script", "#!/bin/sh\necho '" + std::string(password) + "'\n", 0700);
    const std::string vault = workshop.write("vault.yml", test::sample_yaml);
    const std::string labelled = workshop.write("labelled.yml", test::sample_yaml);
    int status = 0;
    output_of("ansible-vault encrypt --vault-password-file " + pass + " " + vault, &status);
    ASSERT_EQ(status, 0);
    output_of(
        "ansible-vault encrypt --encrypt-vault-id lab --vault-id lab@" + script + " " + labelled,
        &status);
    ASSERT_EQ(status, 0);
    EXPECT_TRUE(test::read_file(labelled).starts_with("$ANSIBLE_VAULT;1.2;AES256;lab\n"));
    for (const std::string& each : {vault, labelled})
        for (const std::string& source : {pass, script}) {
            const Result<Settings> settings = open_vault(each, source);
            ASSERT_TRUE(settings) << settings.error().message;
            EXPECT_EQ(settings->node, "pve");
        }
    const std::string ours = workshop.write("ours.yml", seal(test::sample_yaml, password));
    EXPECT_EQ(output_of("ansible-vault view --vault-password-file " + pass + " " + ours),
              test::sample_yaml)
        << "the writer of these tests writes what ansible reads";
    const std::string wrong = workshop.write("wrong", "battery staple\n");
    output_of("ansible-vault view --vault-password-file " + wrong + " " + ours, &status);
    EXPECT_NE(status, 0);
    EXPECT_FALSE(open_vault(ours, wrong));
}

}  // namespace
}  // namespace proxmox::vault
