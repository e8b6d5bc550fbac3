// A measurement, not a test: what opening a vault costs, beside OpenSSL's own key derivation.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "document.h"
#include "pbkdf2.h"
#include "vault.h"
#include "workshop.h"

using namespace proxmox::vault;

namespace {

constexpr int repetitions = 50;

// Processor time and the least of many: what else runs on the machine should not show.
double processor_milliseconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double milliseconds_of(auto&& work) {
    const double start = processor_milliseconds();
    work();
    return processor_milliseconds() - start;
}

void derive_by_openssl(std::string_view password, std::string_view salt) {
    std::array<unsigned char, 80> derived;
    PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                      reinterpret_cast<const unsigned char*>(salt.data()),
                      static_cast<int>(salt.size()), kdf_rounds, EVP_sha256(),
                      static_cast<int>(derived.size()), derived.data());
}

}  // namespace

int main() {
    const test::Workshop workshop;
    std::string yaml(test::sample_yaml);
    for (int i = 0; i < 50; ++i) yaml += "some_other_key_" + std::to_string(i) + ": \"value\"\n";
    const std::string vault = workshop.write("vault", test::seal(yaml, "password"));
    const std::string password = workshop.write("password", "password\n");
    const std::string salt(32, 's');

    const double first = milliseconds_of([&] { static_cast<void>(open_vault(vault, password)); });
    std::vector<double> ours;
    std::vector<double> openssl;
    std::vector<double> document;
    std::vector<double> whole;
    for (int i = 0; i < repetitions; ++i) {
        ours.push_back(
            milliseconds_of([&] { static_cast<void>(pbkdf2("password", salt, kdf_rounds, 80)); }));
        openssl.push_back(milliseconds_of([&] { derive_by_openssl("password", salt); }));
        document.push_back(
            milliseconds_of([&] { static_cast<void>(proxmox::vault::Document::parse(yaml)); }));
        whole.push_back(milliseconds_of([&] { static_cast<void>(open_vault(vault, password)); }));
    }
    std::printf("first open_vault() of the process  %6.2f ms\n", first);
    std::printf("open_vault()                       %6.2f ms\n", std::ranges::min(whole));
    std::printf("  key derivation                   %6.2f ms\n", std::ranges::min(ours));
    std::printf("  YAML, %zu bytes                 %6.2f ms\n", yaml.size(),
                std::ranges::min(document));
    std::printf("PKCS5_PBKDF2_HMAC                  %6.2f ms, %.2f times ours\n",
                std::ranges::min(openssl), std::ranges::min(openssl) / std::ranges::min(ours));
}
