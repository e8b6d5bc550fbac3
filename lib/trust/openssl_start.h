// OpenSSL's start: nothing of it but what a TLS client needs, whatever files and environment say.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace proxmox {

/// To be called before anything else of OpenSSL; further calls do nothing. False when it
/// lacks memory.
bool start_openssl();

/// The digests that certificates are signed with, found by name where a chain of them is verified.
void know_certificate_digests();

}  // namespace proxmox
