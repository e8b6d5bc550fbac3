// Writing an encrypted settings file in the ansible-vault 1.1 envelope.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace demo_node {

/// Random characters of [A-Za-z0-9_-]; empty when the system has no randomness to give.
std::string random_word(std::size_t size);

/// A random UUID in its usual form.
std::string random_uuid();

/// The whole file, header included; empty when OpenSSL refuses.
std::string encrypt_vault(std::string_view text, std::string_view password);

}  // namespace demo_node
