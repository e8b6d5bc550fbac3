// The settings that a vault holds: one table of keys, and what each of them must look like.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings.h"

#include <array>
#include <utility>

#include "document.h"
#include "setting_grammar.h"

namespace proxmox::vault {
namespace {

struct Key {
    std::string_view name;
    bool (*well_formed)(std::string_view);
    std::string_view form;
};

constexpr Key api_host{
    "proxmox_api_host", is_api_host,
    "it must be host or host:port, such as 203.0.113.10:8006 or [2001:db8::1]:8006"};
constexpr Key api_user{"proxmox_api_user", is_api_user, "it must be name@realm, such as root@pam"};
constexpr Key token_id{"proxmox_api_token_id", is_token_id,
                       "it must be the token's name alone: a letter, then letters, digits, . _ -"};
constexpr Key token_secret{"proxmox_api_token_secret", is_token_secret,
                           "it must be one word of printable ASCII"};
constexpr Key node{"proxmox_node", is_node_name, "it must be letters, digits and inner hyphens"};
constexpr Key vm_storage{"proxmox_dest_vm_storage_name", is_plain_line, "it must be one word"};
constexpr Key tls{"proxmox_api_tls", is_plain_line, "it must be one line of printable ASCII"};
constexpr Key tls_pin{"proxmox_api_tls_pin", is_plain_line,
                      "it must be one line of printable ASCII"};

std::unexpected<Error> about(const Key& key, std::string_view cause, std::string_view remedy) {
    return fail(Exit::credentials, std::string(key.name) + " " + std::string(cause),
                std::string(remedy));
}

std::unexpected<Error> absent(const Key& key, std::string_view cause) {
    return about(key, cause, "set it with: ansible-vault edit");
}

/// ansible renders these when it uses the value; what they render to is not ours to guess.
bool is_template(std::string_view text) {
    constexpr std::array<std::string_view, 3> openings{"{{", "{%", "{#"};
    for (const std::string_view opening : openings)
        if (text.find(opening) != text.npos) return true;
    return false;
}

/// Calls `use` with the checked text of a key.
Outcome checked(const Key& key, std::string_view text, auto use) {
    if (text.empty()) return absent(key, "is empty");
    if (is_template(text))
        return about(key, "holds a template ({{, {% or {#), which only ansible can render",
                     "write its value into the vault");
    if (!key.well_formed(text)) return about(key, "is malformed", key.form);
    return use(text);
}

/// The same for whatever kind of value the document has for it.
Outcome with_value(const Document& document, const Key& key, Opener& opener, auto use) {
    const Result<Value> value = document.find(key.name);
    if (!value) return std::unexpected(value.error());
    switch (value->kind) {
        case Value::Kind::missing: return absent(key, "is missing");
        case Value::Kind::null: return absent(key, "is empty (null)");
        case Value::Kind::collection: return about(key, "is not a single value", key.form);
        case Value::Kind::retyped:
            return about(key, "is not text in YAML: ansible would change it",
                         "put its value in double quotes");
        case Value::Kind::encrypted: {
            const Result<Secret> opened = opener.open(value->text);
            if (!opened)
                return about(key, "(!vault): " + opened.error().message, opened.error().remedy);
            return checked(key, opened->reveal(), use);
        }
        case Value::Kind::text: return checked(key, value->text, use);
    }
    return absent(key, "is missing");
}

/// Assigns a text, and keeps the first failure of several.
class Reader {
  public:
    Reader(const Document& document, Opener& opener) : document_(document), opener_(opener) {}

    void read(const Key& key, std::string& target) {
        if (!outcome) return;
        outcome = with_value(document_, key, opener_, [&](std::string_view text) -> Outcome {
            target = text;
            return {};
        });
    }
    void read(const Key& key, Secret& target) {
        if (!outcome) return;
        outcome = with_value(document_, key, opener_, [&](std::string_view text) -> Outcome {
            Result<Secret> copy = Secret::copy_of(text);
            if (!copy) return std::unexpected(copy.error());
            target = std::move(*copy);
            return {};
        });
    }
    void read_optional(const Key& key, std::string& target) {
        const Result<Value> value = document_.find(key.name);
        if (!value || value->kind != Value::Kind::missing) read(key, target);
    }

    /// What is no business of most tools must not be what keeps them from the API.
    void read_if_plain(const Key& key, std::string& target) {
        Reader aside(document_, opener_);
        aside.read(key, target);
    }

    Outcome outcome{};

  private:
    const Document& document_;
    Opener& opener_;
};

}  // namespace

Result<Settings> parse_settings(std::string_view yaml, Opener& opener) {
    const Result<Document> document = Document::parse(yaml);
    if (!document) return std::unexpected(document.error());
    Settings settings;
    Reader reader(*document, opener);
    reader.read(api_host, settings.api_host);
    reader.read(api_user, settings.api_user);
    reader.read(token_id, settings.token_id);
    reader.read(token_secret, settings.token_secret);
    reader.read(node, settings.node);
    reader.read_if_plain(vm_storage, settings.vm_storage);
    reader.read_optional(tls, settings.tls);
    reader.read_optional(tls_pin, settings.tls_pin);
    if (!reader.outcome) return std::unexpected(reader.outcome.error());
    return settings;
}

}  // namespace proxmox::vault
