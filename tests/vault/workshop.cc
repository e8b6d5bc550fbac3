// A workshop for vault tests: files, and a writer of vaults that shares no code with the reader.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "workshop.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "secret.h"

/// There where a sanitizer's runtime is.
extern "C" [[gnu::weak]] void __asan_init();

namespace proxmox::vault::test {
namespace {

constexpr std::size_t cipher_block = 16;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

void require(bool condition, const char* what) {
    if (condition) return;
    std::perror(what);
    std::abort();
}

}  // namespace

bool memory_is_ours() { return __asan_init == nullptr; }

Workshop::Workshop() {
    std::string pattern = (std::filesystem::temp_directory_path() / "vault-test-XXXXXX").string();
    require(mkdtemp(pattern.data()) != nullptr, "mkdtemp");
    directory_ = pattern;
}

Workshop::~Workshop() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

std::string Workshop::write(std::string_view name, std::string_view content, mode_t mode) const {
    const std::string target = path(name);
    {
        std::ofstream file(target, std::ios::binary | std::ios::trunc);
        file.write(content.data(), static_cast<std::streamsize>(content.size()));
        require(file.good(), target.c_str());
    }
    require(chmod(target.c_str(), mode) == 0, target.c_str());
    return target;
}

bool can_lock_memory() {
    char probe = 0;
    const bool is_locked = mlock(&probe, 1) == 0;
    if (is_locked) munlock(&probe, 1);
    return is_locked;
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    require(file.good(), path.c_str());
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string hexlify(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char byte : bytes) {
        text += digits[static_cast<unsigned char>(byte) >> 4];
        text += digits[static_cast<unsigned char>(byte) & 15];
    }
    return text;
}

std::string seal_body(std::string_view plaintext, std::string_view password,
                      const Sealing& sealing) {
    std::array<unsigned char, 80> keys{};
    require(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                              bytes_of(sealing.salt), static_cast<int>(sealing.salt.size()), 10'000,
                              EVP_sha256(), static_cast<int>(keys.size()), keys.data()) == 1,
            "PBKDF2");
    std::string padded(plaintext);
    const std::size_t padding = cipher_block - plaintext.size() % cipher_block;
    if (sealing.pad) padded.append(padding, static_cast<char>(padding));

    std::string ciphertext(padded.size(), '\0');
    int size = 0;
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    require(EVP_EncryptInit_ex(context, EVP_aes_256_ctr(), nullptr, keys.data(),
                               keys.data() + 64) == 1 &&
                EVP_EncryptUpdate(context, bytes_of(ciphertext), &size, bytes_of(padded),
                                  static_cast<int>(padded.size())) == 1,
            "AES");
    EVP_CIPHER_CTX_free(context);

    std::string mac(32, '\0');
    unsigned mac_size = 0;
    HMAC(EVP_sha256(), keys.data() + 32, 32, bytes_of(std::string_view(ciphertext)),
         ciphertext.size(), bytes_of(mac), &mac_size);
    return hexlify(sealing.salt) + "\n" + hexlify(mac) + "\n" + hexlify(ciphertext);
}

std::string wrap(std::string_view body, std::string_view header) {
    constexpr std::size_t columns = 80;
    const std::string digits = hexlify(body);
    std::string text = std::string(header) + "\n";
    for (std::size_t start = 0; start < digits.size(); start += columns)
        text += digits.substr(start, columns) + "\n";
    return text;
}

std::string seal(std::string_view plaintext, std::string_view password, const Sealing& sealing) {
    return wrap(seal_body(plaintext, password, sealing), sealing.header);
}

}  // namespace proxmox::vault::test
