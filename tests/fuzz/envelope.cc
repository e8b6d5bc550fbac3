// Fuzzes the text format of a vault: an envelope that is accepted has whole blocks.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "envelope.h"
#include "target.h"

using namespace proxmox;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    (void)vault::has_envelope_header(text);
    (void)vault::is_envelope(text);
    (void)vault::strip_whitespace(text);
    const auto envelope = vault::parse_envelope(text);
    // Two hexadecimal layers: what comes out is at most a quarter of what went in.
    if (envelope)
        fuzz::must((envelope->salt.size() + envelope->mac.size() + envelope->ciphertext.size()) <=
                   size / 2);
    return 0;
}
