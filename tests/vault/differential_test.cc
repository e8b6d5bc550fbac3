// Differential tests: ansible's own code judges the same files as ours.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "document.h"
#include "open.h"
#include "password.h"
#include "plain_scalar.h"
#include "vault.h"
#include "workshop.h"

namespace proxmox::vault {
namespace {

using test::hexlify;
using test::seal;
using test::Sealing;
using test::Workshop;
using test::wrap;

constexpr std::string_view password = "correct horse";
constexpr unsigned fixed_seed = 42;

/// The standard output of a shell command, and nothing of its standard error.
std::string output_of(const std::string& command, int* status = nullptr) {
    FILE* pipe = popen((command + " 2>/dev/null </dev/null").c_str(), "r");
    std::string output;
    if (!pipe) return output;
    std::array<char, 4096> buffer;
    while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), size);
    const int ended = pclose(pipe);
    if (status) *status = ended;
    return output;
}

/// The interpreter that ansible-vault runs in; empty without ansible.
std::string ansible_python() {
    std::string path = output_of("command -v ansible-vault");
    path = std::string(strip_whitespace(path));
    std::ifstream script(path);
    std::string line;
    if (path.empty() || !std::getline(script, line) || !line.starts_with("#!")) return {};
    return std::string(strip_whitespace(line.substr(2)));
}

class DifferentialTest : public testing::Test {
  protected:
    void SetUp() override {
        setenv("ANSIBLE_HOME", workshop.path("home").c_str(), 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        if (python.empty()) GTEST_SKIP() << "ansible-vault is not installed";
    }

    std::string add(std::string_view content, mode_t mode = 0600, std::string_view suffix = {}) {
        std::array<char, 16> number;
        std::snprintf(number.data(), number.size(), "%05zu", names.size());
        names.push_back(number.data() + std::string(suffix));
        return cases.write(names.back(), content, mode);
    }

    /// ansible's verdict on every file that was added, in the same order.
    std::vector<std::string> judge(const std::string& mode) {
        std::map<std::string, std::string> by_name;
        const std::string output = output_of(python + " " + std::string(test::oracle_path) + " " +
                                             mode + " " + cases.directory());
        for (std::size_t start = 0; start < output.size();) {
            const std::size_t end = output.find('\n', start);
            const std::string line = output.substr(start, end - start);
            by_name[line.substr(0, line.find(' '))] = line.substr(line.find(' ') + 1);
            start = end + 1;
        }
        std::vector<std::string> verdicts;
        for (const std::string& name : names) verdicts.push_back(by_name[name]);
        EXPECT_EQ(by_name.size(), names.size()) << "ansible judged every case";
        return verdicts;
    }

    const std::string python = ansible_python();
    Workshop workshop;
    Workshop cases;
    std::vector<std::string> names;
};

std::string our_verdict(std::string_view text) {
    const Result<Envelope> envelope = parse_envelope(text);
    if (!envelope) return "error";
    const Result<Secret> opened = open_envelope(*envelope, password);
    return opened ? "ok " + hexlify(opened->reveal()) : "error";
}

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

/// One random edit of a sound vault: a byte replaced, removed, put in, or a cut.
std::string mutated(const std::string& sound, std::mt19937& random) {
    constexpr std::string_view bytes = "0aF \n\r\t;$\v\x7f\x80z";
    std::string text = sound;
    const std::size_t at = random() % text.size();
    const char byte = bytes[random() % bytes.size()];
    switch (random() % 4) {
        case 0: text[at] = byte; break;
        case 1: text.erase(at, 1); break;
        case 2: text.insert(at, 1, byte); break;
        default: text.resize(at); break;
    }
    return text;
}

TEST_F(DifferentialTest, EnvelopesAreJudgedAlike) {
    std::vector<std::string> table = envelope_table();
    const std::string sound = seal("proxmox_node: pve\n", password);
    std::mt19937 random(fixed_seed);
    for (int i = 0; i < 400; ++i) table.push_back(mutated(sound, random));
    for (const std::string& text : table) add(text);
    const std::vector<std::string> verdicts = judge("decrypt");
    int accepted = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
        EXPECT_EQ(our_verdict(table[i]), verdicts[i]) << "case " << i << ":\n" << table[i];
        accepted += verdicts[i] != "error";
    }
    EXPECT_GT(accepted, 50) << "of " << table.size();
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
        EXPECT_EQ(our_verdict(sealed), "ok " + hexlify(contents[i])) << i;
    }
}

TEST_F(DifferentialTest, PasswordFilesAreJudgedAlike) {
    struct Case {
        std::string content;
        mode_t mode = 0600;
        std::string_view suffix = {};
    };
    const std::vector<Case> table{
        {"pw"},
        {"pw\n"},
        {" pw \r\n\n"},
        {"two words"},
        {"two\nlines\n"},
        {""},
        {"\n"},
        {" \t\v\f\r\n"},
        {"\xef\xbb\xbfpw\n"},
        {"\x1cpw\x1c"},
        {"\x85pw\xc2\xa0"},
        {std::string("\0pw\0\n", 5)},
        {"p\xc3\xa9"},
        {"\xff\xfe"},
        {"$ANSIBLE_VAULT;1.1;AES256\n3030"},
        {"$ANSIBLE_VAULT"},
        {"  $ANSIBLE_VAULT;1.1;AES256\n30"},
        {"$ANSIBLE_VAULT\xc3\xa9"},
        {std::string(5000, 'x')},
        {"pw\n", 0700},
        {"", 0700},
        {"#!/bin/sh\necho pw\n", 0700},
        {"#!/bin/sh\necho ' pw '\n", 0500},
        {"#!/bin/sh\nprintf '\\r\\n\\n pw\\t\\r\\n'\n", 0711},
        {"#!/bin/sh\nexit 3\n", 0700},
        {"#!/bin/sh\necho pw; exit 1\n", 0700},
        {"#!/bin/sh\necho\n", 0700},
        {"#!/nonexistent\n", 0700},
        {"#!/bin/sh\nkill -9 $$\n", 0700},
        {"#!/bin/sh\necho $# \"$@\"\n", 0700},
        {"#!/bin/sh\necho $# \"$@\"\n", 0700, "-client"},
        {"#!/bin/sh\necho $# \"$@\"\n", 0700, "-client.py"},
        {"#!/bin/sh\necho $# \"$@\"\n", 0700, "-client.tar.gz"},
        {"#!/bin/sh\nexit 2\n", 0700, "-client"},
        {"#!/bin/sh\necho $0\n", 0700},
        {"#!/bin/sh\nprintf '$ANSIBLE_VAULT;1.1;AES256'\n", 0700},
    };
    std::vector<std::string> paths;
    for (const Case& each : table) paths.push_back(add(each.content, each.mode, each.suffix));
    const std::vector<std::string> verdicts = judge("password");
    for (std::size_t i = 0; i < table.size(); ++i) {
        const Result<Password> read = read_password(paths[i]);
        EXPECT_EQ(read ? "ok " + hexlify(read->bytes.reveal()) : "error", verdicts[i])
            << "case " << i << ": " << table[i].content;
    }
}

TEST_F(DifferentialTest, PlainScalarsAreTypedAlike) {
    constexpr std::string_view alphabet = "0123456789::--__..+eExbTtZ af~";
    constexpr auto seeds = std::to_array<std::string_view>(
        {"2026-01-31T10:20:30.5 +01:00", "12:30:45.6", "-1_000.5e+10", "0x1F", "0b1_0", "0777",
         ".inf", "+.5e-3", "yes", "null", "1:59:59"});
    std::mt19937 random(fixed_seed);
    std::vector<std::string> table{"", "~", "=", "<<"};
    for (const std::string_view seed : seeds)
        for (int i = 0; i < 150; ++i) {
            std::string text(seed);
            for (std::size_t edits = random() % 3 + (i > 0); edits > 0; --edits) {
                const char byte = alphabet[random() % alphabet.size()];
                const std::size_t at = random() % (text.size() + 1);
                if (random() % 2 || at == text.size()) {
                    text.insert(at, 1, byte);
                } else {
                    text[at] = byte;
                }
                if (random() % 4 == 0) text.resize(random() % text.size());
                if (text.empty()) text = "0";
            }
            table.push_back(text);
        }
    for (const std::string& text : table) add(text);
    const std::vector<std::string> verdicts = judge("plain");
    for (std::size_t i = 0; i < table.size(); ++i) {
        constexpr auto names_of = std::to_array<std::string_view>({"text", "null", "retyped"});
        const std::string_view ours =
            names_of[static_cast<std::size_t>(classify_plain_scalar(table[i]))];
        // A whole number in its usual form is the one thing that reads the same afterwards.
        const bool canonical = !table[i].empty() && (table[i] == "0" || table[i][0] != '0') &&
                               table[i].find_first_not_of("0123456789") == std::string::npos;
        EXPECT_EQ(ours, canonical ? "text" : verdicts[i]) << '"' << table[i] << '"';
    }
}

std::string our_value(std::string_view yaml) {
    const Result<Document> document = Document::parse(yaml);
    if (!document) return "error";
    const Result<Value> value = document->find("k");
    if (!value) return "error";
    switch (value->kind) {
        case Value::Kind::missing: return "missing";
        case Value::Kind::null: return "null";
        case Value::Kind::collection: return "collection";
        case Value::Kind::retyped: return "retyped";
        case Value::Kind::encrypted: return "encrypted";
        case Value::Kind::text: return "text " + hexlify(value->text);
    }
    return {};
}

/// Whether our verdict is ansible's, or the one deviation that is meant: whole numbers are text.
bool agrees(const std::string& ours, const std::string& ansible) {
    if (ours == "retyped") return ansible.starts_with("retyped") || ansible == "error";
    if (ansible.starts_with("retyped ")) return ours == "text " + ansible.substr(8);
    return ours == ansible;
}

TEST_F(DifferentialTest, YamlIsJudgedAlike) {
    constexpr auto values = std::to_array<std::string_view>({"pve",
                                                             "\"pve\"",
                                                             "'pve'",
                                                             "yes",
                                                             "\"yes\"",
                                                             "0100",
                                                             "100",
                                                             "12:30:45",
                                                             "1.50",
                                                             "~",
                                                             "",
                                                             "null",
                                                             "2026-01-31",
                                                             "\"a\\u00e9\\n\"",
                                                             "'it''s'",
                                                             "|\n  a\n  b",
                                                             ">-\n  a\n  b",
                                                             "[a, b]",
                                                             "{a: b}",
                                                             "&a x",
                                                             "*a",
                                                             "*b",
                                                             "!!str 5",
                                                             "!!int \"5\"",
                                                             "!!float \"5\"",
                                                             "! yes",
                                                             "!unsafe x",
                                                             "!foo x",
                                                             "!!python/unicode 5",
                                                             "\"{{ x }}\"",
                                                             "{{ x }}",
                                                             "{k: v}",
                                                             "a # b",
                                                             "a#b",
                                                             "a: b",
                                                             "\"unclosed",
                                                             "- x",
                                                             "@x",
                                                             "`x",
                                                             "%x",
                                                             "x\ty",
                                                             "\tx",
                                                             "\"\\x85\"",
                                                             "\"\\0\"",
                                                             "\x7f",
                                                             "\x85",
                                                             "\xc2\x85",
                                                             "\xc3\xa9",
                                                             "\xe2\x80\xa8",
                                                             "\xf0\x9f\x98\x80",
                                                             "\"\\ud83d\"",
                                                             "\"\\/\"",
                                                             "=",
                                                             "<<",
                                                             "!!set {a, b}",
                                                             "!!null ''",
                                                             "!!binary cHZl",
                                                             "!!timestamp 2026-01-31",
                                                             "? a",
                                                             "&b [*b]"});
    constexpr auto shapes = std::to_array<std::string_view>(
        {"k: @\n", "k: @", "a: &a v\nk: @\n", "k: old\nk: @\n", "---\nk: @\n...\n", "k: @\r\n",
         "b: &b {k: w}\nk: @\n", "b: &b {k: w}\n<<: @\n", "{k: @}", "a: 1\nn: {m: @}\nk: z\n",
         "k: @\n---\nx: 1\n", "\xef\xbb\xbfk: @\n", "b: &b {k: w}\n<<: [*b, {k: @}]\n",
         "k: 1\n<<: {k: @}\n", "#c\n\n  k: @\n", "@: k\nk: x\n", "- @\n", "{\"k\": @}\n"});
    std::vector<std::string> table;
    for (const std::string_view shape : shapes)
        for (const std::string_view value : values) {
            std::string yaml(shape);
            yaml.replace(yaml.find('@'), 1, value);
            table.push_back(yaml);
        }
    for (const std::string& yaml : table) add(yaml);
    const std::vector<std::string> verdicts = judge("value");
    int refused = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const std::string ours = our_value(table[i]);
        EXPECT_TRUE(agrees(ours, verdicts[i]))
            << "ours: " << ours << "\nansible: " << verdicts[i] << "\n"
            << table[i];
        refused += verdicts[i] == "error";
    }
    EXPECT_GT(refused, 100);
    EXPECT_LT(refused, static_cast<int>(table.size()) / 2);
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
