// PBKDF2-HMAC-SHA256 on bare SHA-256 compressions: less than half the time of EVP's.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pbkdf2.h"

// OpenSSL 3 calls its SHA-256 block function deprecated; EVP has nothing that starts from a saved
// state without copying a context for each of 60 000 compressions.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

namespace proxmox::vault {
namespace {

using State = HmacSha256::State;
using Block = std::array<unsigned char, SHA256_CBLOCK>;

static_assert(std::endian::native == std::endian::little && sizeof(SHA_LONG) == 4);
static_assert(SHA256_DIGEST_LENGTH == digest_size && sizeof(State) == digest_size);

/// Holds what an attacker could compute keys from, so it leaves no trace.
template <typename T>
struct Wiped {
    T value{};
    Wiped() = default;
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    ~Wiped() { OPENSSL_cleanse(&value, sizeof value); }
};

/// Four words at once. Written and read back whole: a block put together word by word would keep
/// the compression, which loads 16 bytes at a time, waiting for each of them.
using Words = std::uint32_t __attribute__((vector_size(16)));
using Halves = std::uint16_t __attribute__((vector_size(16)));
using Digits = std::array<Words, digest_size / sizeof(Words)>;

Words swap_bytes(Words words) {
    Halves halves = reinterpret_cast<Halves>(words);
    halves = (halves >> 8) | (halves << 8);
    return reinterpret_cast<Words>(__builtin_shufflevector(halves, halves, 1, 0, 3, 2, 5, 4, 7, 6));
}

/// One block of output: the exclusive or of chained MACs, each of which is the next one's message.
class Chain {
  public:
    void begin(const HmacSha256::Digest& first) {
        constexpr unsigned bits = 8 * (SHA256_CBLOCK + SHA256_DIGEST_LENGTH);
        message_[digest_size] = 0x80;
        message_[SHA256_CBLOCK - 2] = bits >> 8;
        message_[SHA256_CBLOCK - 1] = bits & 0xff;
        std::memcpy(message_.data(), first.data(), first.size());
        std::memcpy(&sum_, first.data(), first.size());
    }

    /// Hashes the message behind the 64 bytes that led to `from`; the digest is the next message.
    void compress(const State& from) {
        std::memcpy(context_.h, from.data(), sizeof from);
        SHA256_Transform(&context_, message_.data());
        Digits digits;
        std::memcpy(&digits, context_.h, sizeof digits);
        for (Words& words : digits) words = swap_bytes(words);
        std::memcpy(message_.data(), &digits, sizeof digits);
    }

    void add() {
        Digits digits;
        std::memcpy(&digits, message_.data(), sizeof digits);
        for (std::size_t i = 0; i < digits.size(); ++i) sum_[i] ^= digits[i];
    }

    void copy_to(std::span<char> output) const { std::memcpy(output.data(), &sum_, output.size()); }

  private:
    SHA256_CTX context_{};
    alignas(Words) Block message_{};
    Digits sum_{};
};

/// As many blocks of output as ansible-vault's keys need, computed side by side: each chain waits
/// for itself alone, so that the processor works on one while it waits for another.
constexpr std::size_t chains = 3;

void derive(const HmacSha256& mac, std::string_view salt, int rounds, std::uint32_t number,
            std::span<char> output) {
    Wiped<std::array<Chain, chains>> all;
    const std::size_t used = (output.size() + digest_size - 1) / digest_size;
    const auto in_use = std::span(all.value).first(used);
    for (Chain& chain : in_use) {
        const std::uint32_t big_endian = __builtin_bswap32(number++);
        std::array<char, sizeof big_endian> tail;
        std::memcpy(tail.data(), &big_endian, tail.size());
        Wiped<HmacSha256::Digest> first;
        first.value = mac.digest(salt, {tail.data(), tail.size()});
        chain.begin(first.value);
    }
    for (int round = 1; round < rounds; ++round) {
        for (Chain& chain : in_use) chain.compress(mac.inner());
        for (Chain& chain : in_use) chain.compress(mac.outer());
        for (Chain& chain : in_use) chain.add();
    }
    for (Chain& chain : in_use) {
        chain.copy_to(output.first(std::min(output.size(), digest_size)));
        output = output.subspan(std::min(output.size(), digest_size));
    }
}

}  // namespace

HmacSha256::HmacSha256(std::string_view key) {
    Wiped<SHA256_CTX> context;
    Wiped<Block> block;
    SHA256_Init(&context.value);
    if (key.size() > block.value.size()) {
        SHA256_Update(&context.value, key.data(), key.size());
        SHA256_Final(block.value.data(), &context.value);
    } else {
        std::ranges::copy(key, block.value.begin());
    }
    const auto absorb = [&](unsigned char flip, State& state) {
        for (unsigned char& byte : block.value) byte ^= flip;
        SHA256_Init(&context.value);
        SHA256_Transform(&context.value, block.value.data());
        std::ranges::copy(context.value.h, state.begin());
    };
    absorb(0x36, inner_);
    absorb(0x36 ^ 0x5c, outer_);
}

HmacSha256::~HmacSha256() {
    OPENSSL_cleanse(inner_.data(), sizeof inner_);
    OPENSSL_cleanse(outer_.data(), sizeof outer_);
}

HmacSha256::Digest HmacSha256::digest(std::string_view message, std::string_view tail) const {
    Wiped<SHA256_CTX> context;
    Digest digest;
    const auto bytes = reinterpret_cast<unsigned char*>(digest.data());
    const auto resume = [&](const State& state) {
        SHA256_Init(&context.value);
        std::ranges::copy(state, context.value.h);
        context.value.Nl = 8 * SHA256_CBLOCK;
    };
    resume(inner_);
    SHA256_Update(&context.value, message.data(), message.size());
    SHA256_Update(&context.value, tail.data(), tail.size());
    SHA256_Final(bytes, &context.value);
    resume(outer_);
    SHA256_Update(&context.value, digest.data(), digest.size());
    SHA256_Final(bytes, &context.value);
    return digest;
}

Result<Secret> pbkdf2(std::string_view password, std::string_view salt, int rounds,
                      std::size_t size) {
    const HmacSha256 mac(password);
    return Secret::filled(size, [&](std::span<char> output) -> Result<std::size_t> {
        std::uint32_t number = 1;
        while (!output.empty()) {
            const auto part = output.first(std::min(output.size(), chains * digest_size));
            derive(mac, salt, rounds, number, part);
            number += chains;
            output = output.subspan(part.size());
        }
        return size;
    });
}

}  // namespace proxmox::vault
