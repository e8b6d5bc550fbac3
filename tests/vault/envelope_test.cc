// Envelopes: what ansible tolerates in the text of a vault, and what it does not.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "envelope.h"

#include <gtest/gtest.h>

#include <string>

#include "workshop.h"

namespace proxmox::vault {
namespace {

using test::hexlify;
using test::wrap;

const std::string body = hexlify("salt") + "\n" + hexlify("mac") + "\n" + hexlify("ciphertext");
const std::string digits = hexlify(body);

void expect_accepted(std::string_view text) {
    const Result<Envelope> envelope = parse_envelope(text);
    ASSERT_TRUE(envelope) << envelope.error().message << " in: " << text;
    EXPECT_EQ(envelope->salt, "salt");
    EXPECT_EQ(envelope->mac, "mac");
    EXPECT_EQ(envelope->ciphertext, "ciphertext");
}

void expect_refused(std::string_view text, std::string_view cause) {
    const Result<Envelope> envelope = parse_envelope(text);
    ASSERT_FALSE(envelope) << text;
    EXPECT_EQ(envelope.error().exit, Exit::credentials);
    EXPECT_EQ(envelope.error().message, "the vault is damaged: " + std::string(cause));
    EXPECT_NE(envelope.error().remedy, "");
}

TEST(Envelope, AcceptsEveryHeaderThatAnsibleAccepts) {
    for (const char* header :
         {"$ANSIBLE_VAULT;1.1;AES256", "$ANSIBLE_VAULT;1.2;AES256;lab", "$ANSIBLE_VAULT;1.3;AES256",
          "$ANSIBLE_VAULT;1.2;AES256;lab;more;fields", "$ANSIBLE_VAULT; 1.1 ;\tAES256 ",
          "$ANSIBLE_VAULT;1.1;AES256;", "$ANSIBLE_VAULT;;AES256", "$ANSIBLE_VAULTS;9;AES256"})
        expect_accepted(std::string(header) + "\n" + digits + "\n");
}

TEST(Envelope, AcceptsEveryLayoutThatAnsibleAccepts) {
    const std::string header = "$ANSIBLE_VAULT;1.1;AES256";
    std::string upper = digits;
    for (char& digit : upper) digit = static_cast<char>(std::toupper(digit));
    expect_accepted(wrap(body, header));
    expect_accepted(header + "\n" + digits);
    expect_accepted(header + "\n" + upper + "\n");
    expect_accepted(header + "\r\n" + digits.substr(0, 7) + "\r\n" + digits.substr(7) + "\r\n");
    expect_accepted(header + "\r" + digits.substr(0, 7) + "\r" + digits.substr(7));
    expect_accepted(header + "\n\n\n" + digits.substr(0, 20) + "\n\n" + digits.substr(20) + "\n\n");
}

TEST(Envelope, RefusesWhatAnsibleRefuses) {
    const std::string header = "$ANSIBLE_VAULT;1.1;AES256\n";
    expect_refused("", "it has no header");
    expect_refused(" " + header + digits, "it has no header");
    expect_refused("\xef\xbb\xbf" + header + digits, "it has no header");
    expect_refused("$ANSIBLE_VAULT", "its header names no cipher");
    expect_refused("$ANSIBLE_VAULT;1.1\n" + digits, "its header names no cipher");
    expect_refused("$ANSIBLE_VAULT;1.1;AES\n" + digits,
                   "its header names a cipher other than AES256");
    expect_refused("$ANSIBLE_VAULT;1.1;aes256\n" + digits,
                   "its header names a cipher other than AES256");
    expect_refused(header + digits + "\xff", "it has a byte that is not ASCII");
    constexpr std::string_view not_digits = "its body is not an even number of hexadecimal digits";
    expect_refused(header + digits + "0", not_digits);
    expect_refused(header + digits + " \n", not_digits);
    expect_refused(header + "zz" + digits, not_digits);
    expect_refused(header + digits + std::string("\0", 1), not_digits);
    expect_refused(header, "its body is cut short");
    expect_refused(header + hexlify("abcd"), "its body is cut short");
    expect_refused(header + hexlify("abcd\nabcd"), "its body is cut short");
    constexpr std::string_view inner = "a field of its body is not hexadecimal";
    expect_refused(header + hexlify("xy\nabcd\nabcd"), inner);
    expect_refused(header + hexlify("abcd\nabc\nabcd"), inner);
    expect_refused(header + hexlify("abcd\nabcd\nab\ncd"), inner);
}

TEST(Envelope, EveryTruncationIsRefusedOrShorter) {
    const std::string whole = wrap(body, "$ANSIBLE_VAULT;1.2;AES256;lab");
    for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
        const Result<Envelope> cut = parse_envelope(std::string_view(whole).substr(0, size));
        if (cut) {
            EXPECT_LT(cut->ciphertext.size(), sizeof "ciphertext" - 1) << size;
        }
    }
}

TEST(Envelope, StripsWhatPythonStrips) {
    EXPECT_EQ(strip_whitespace(" \t\r\n\v\fa b\f\v\n\r\t "), "a b");
    EXPECT_EQ(strip_whitespace(" \n"), "");
    EXPECT_EQ(strip_whitespace(std::string_view("\0a\0", 3)), std::string_view("\0a\0", 3));
    EXPECT_EQ(strip_whitespace("\xc2\xa0"
                               "a"),
              "\xc2\xa0"
              "a");
}

}  // namespace
}  // namespace proxmox::vault
