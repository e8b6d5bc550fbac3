// The vault of a workspace: one file read, opened and parsed, with its warnings collected.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault.h"

#include <chrono>
#include <iterator>
#include <utility>
#include <vector>

#include "base/ownership.h"
#include "document.h"
#include "envelope.h"
#include "file.h"

namespace proxmox::vault {
namespace {

constexpr std::chrono::seconds read_wait{10};

std::unexpected<Error> in_vault(const std::string& path, Error error) {
    error.message = path + ": " + error.message;
    return std::unexpected(std::move(error));
}

std::unexpected<Error> misplaced(Error error) {
    error.remedy =
        "select a workspace: RANGE42_ANSIBLE_ROLES__DEVKITS_DIR/secrets/default_vault.yml is its "
        "vault";
    return std::unexpected(std::move(error));
}

/// Nothing authenticates a vault in plain text but the way that leads to it: whoever could have
/// written it has chosen the server, the token and the policy of trust.
Outcome refuse_if_changeable(const std::string& path, const struct stat& opened) {
    std::vector<std::string> findings = changeable_by_others(path, opened);
    if (findings.empty()) findings = changeable_on_the_way(path);
    if (findings.empty()) return {};
    return fail(Exit::tls_identity,
                "the vault is not encrypted, and others could have written it: " + findings.front(),
                "see that its settings are yours, then: ansible-vault encrypt " + path);
}

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
    all.insert(all.end(), more.begin(), more.end());
}

struct Yaml {
    Secret text;
    bool was_encrypted = false;
};

/// The YAML of a vault, opened by its password where it is encrypted.
Result<Yaml> read_yaml(const std::string& vault_path, Opener& opener,
                       std::vector<std::string>& warnings) {
    Result<File> file = File::open(vault_path);
    if (!file) return misplaced(file.error());
    if (!file->regular())
        return misplaced({Exit::credentials, vault_path + ": not a regular file"});
    warnings = readable_by_others(vault_path, file->status());
    Result<Secret> content = file->read(file_limit, Clock::now() + read_wait);
    if (!content) return std::unexpected(content.error());
    if (!has_envelope_header(content->reveal())) {
        if (const Outcome kept = refuse_if_changeable(vault_path, file->status()); !kept)
            return std::unexpected(kept.error());
        warnings.push_back(vault_path + ": not encrypted (ansible-vault encrypt makes it so)");
        return Yaml{std::move(*content)};
    }
    if (const Outcome read = opener.read_password_once(); !read)
        return std::unexpected(read.error());
    Result<Secret> plaintext = opener.open(content->reveal());
    if (!plaintext) return in_vault(vault_path, plaintext.error());
    return Yaml{std::move(*plaintext), true};
}

}  // namespace

Result<Settings> open_vault(const std::string& vault_path, const std::string& password_path) {
    Opener opener(password_path);
    std::vector<std::string> warnings;
    const Result<Yaml> yaml = read_yaml(vault_path, opener, warnings);
    if (!yaml) return std::unexpected(yaml.error());
    Result<Settings> settings = parse_settings(yaml->text.reveal(), opener);
    if (!settings) return in_vault(vault_path, settings.error());
    settings->is_encrypted = yaml->was_encrypted;
    append(warnings, opener.warnings());
    settings->warnings = std::move(warnings);
    return settings;
}

Result<Secret> value_of_vault(const std::string& vault_path, const std::string& password_path,
                              std::string_view key) {
    Opener opener(password_path);
    std::vector<std::string> told_before;
    const Result<Yaml> yaml = read_yaml(vault_path, opener, told_before);
    if (!yaml) return std::unexpected(yaml.error());
    const Result<Document> document = Document::parse(yaml->text.reveal());
    if (!document) return in_vault(vault_path, document.error());
    const Result<Value> value = document->find(key);
    if (!value) return in_vault(vault_path, value.error());
    const bool is_template = value->text.find("{{") != std::string_view::npos;
    if (value->kind == Value::Kind::text && !is_template) return Secret::copy_of(value->text);
    if (value->kind == Value::Kind::encrypted) return opener.open(value->text);
    return in_vault(vault_path, {Exit::credentials,
                                 "it has no plain text under the key that a "
                                 "line names"});
}

}  // namespace proxmox::vault
