// Mutated envelopes and passwords against ansible: accepted, refused and opened alike.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "ansible_judge.h"

namespace proxmox::vault {
namespace {

using test::DifferentialTest;

int& count() {
    static int envelopes = 300;
    return envelopes;
}

std::uint32_t& seed() {
    static std::uint32_t value = test::fixed_seed;
    return value;
}

struct Sealed {
    std::string text;
    std::string password;
};

class Mutator {
  public:
    explicit Mutator(std::uint32_t seed) : random_(seed) {}

    /// A sound vault, and in most cases something about it that is not.
    Sealed next();

  private:
    std::size_t below(std::size_t limit) { return random_() % limit; }
    std::string bytes(std::size_t least, std::size_t most);
    void edit(std::string& text);

    std::mt19937 random_;
};

std::string Mutator::bytes(std::size_t least, std::size_t most) {
    std::string text(least + below(most - least + 1), '\0');
    for (char& byte : text) byte = static_cast<char>(below(256));
    return text;
}

/// A byte replaced, removed or put in, bytes doubled or swapped, or a cut.
void Mutator::edit(std::string& text) {
    constexpr std::string_view alphabet{"0aFf9 \n\r\t;$\v\f\x1c\x7f\x80z\0", 18};
    if (text.empty()) return;
    const std::size_t at = below(text.size());
    const char byte = alphabet[below(alphabet.size())];
    switch (below(6)) {
        case 0: text[at] = byte; break;
        case 1: text.erase(at, 1 + below(3)); break;
        case 2: text.insert(at, 1, byte); break;
        case 3: text.insert(at, text.substr(at, 1 + below(80))); break;
        case 4: std::swap(text[at], text[below(text.size())]); break;
        default: text.resize(at); break;
    }
}

Sealed Mutator::next() {
    constexpr std::array headers{"$ANSIBLE_VAULT;1.1;AES256", "$ANSIBLE_VAULT;1.2;AES256;lab",
                                 "$ANSIBLE_VAULT;1.3;AES256", "$ANSIBLE_VAULT; 1.1 ; AES256 "};
    const std::string plaintext = below(4) == 0 ? bytes(0, 200) : "proxmox_node: pve\n";
    Sealed sealed{.text = {}, .password = bytes(1, 40)};
    const std::string header = headers[below(headers.size())];
    std::string body =
        test::seal_body(plaintext, sealed.password, {.salt = bytes(0, 64), .pad = below(8) != 0});
    const std::size_t kind = below(4);
    for (std::size_t edits = below(3); kind == 0 && edits > 0; --edits) edit(body);
    sealed.text = test::wrap(body, header);
    for (std::size_t edits = 1 + below(3); kind == 1 && edits > 0; --edits) edit(sealed.text);
    if (kind == 2) edit(sealed.password);
    if (sealed.password.empty()) sealed.password = "x";
    return sealed;
}

TEST_F(DifferentialTest, row_69_mutated_envelopes_and_passwords_are_judged_alike) {
    Mutator mutator(seed());
    std::vector<std::string> ours;
    for (int done = 0; done < count(); ++done) {
        const Sealed sealed = mutator.next();
        add(test::hexlify(sealed.password) + '\n' + sealed.text);
        ours.push_back(test::our_verdict(sealed.text, sealed.password));
    }
    const std::vector<std::string> verdicts = judge("decrypt-with");
    int accepted = 0;
    for (std::size_t at = 0; at < ours.size(); ++at) {
        EXPECT_EQ(ours[at], verdicts[at]) << "envelope " << at << " of seed " << seed();
        accepted += verdicts[at] != "error";
    }
    EXPECT_GT(accepted, count() / 10);
    EXPECT_LT(accepted, count() - count() / 10);
    std::printf("%d envelopes: %d opened alike, %d refused alike\n", count(), accepted,
                count() - accepted);
}

}  // namespace
}  // namespace proxmox::vault

// Its arguments are a number of envelopes and a seed: ./dev soak.
int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    if (argc > 1) proxmox::vault::count() = std::atoi(argv[1]);
    if (argc > 2) proxmox::vault::seed() = static_cast<std::uint32_t>(std::atoi(argv[2]));
    return RUN_ALL_TESTS();
}
