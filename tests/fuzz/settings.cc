// Fuzzes the YAML of a vault: whatever is written there, no value is quoted in an error.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings.h"

#include <sodium.h>

#include "open.h"
#include "target.h"

using namespace proxmox;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const int started = sodium_init();
    fuzz::must(started >= 0);
    vault::Opener opener("/dev/null");
    const auto settings = vault::parse_settings(fuzz::text_of(data, size), opener);
    if (!settings) fuzz::must(!settings.error().message.empty());
    return 0;
}
