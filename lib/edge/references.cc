// References: what a line only names is looked up in the vault right before the line begins.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/references.h"

#include <fmt/format.h>

#include <utility>

#include "api/config.h"
#include "base/escape.h"
#include "line/grammar.h"

namespace proxmox {

Result<std::string> References::value_of(const Record::Reference& reference) {
    // What is only sent on nobody needs to see before.
    const bool is_secret = reference.type == Type::secret;
    const std::pair which(reference.in_vault, is_secret);
    if (const auto known = known_.find(which); known != known_.end()) return known->second;
    auto value = value_of_vault(reference.in_vault);
    if (!value)
        return fail(Exit::line_failed,
                    fmt::format("{} is to come from the vault's {}: {}", reference.key,
                                escape(reference.in_vault), value.error().message));
    std::string given =
        is_secret ? stand_ins_.keep(std::move(*value)) : std::string(value->reveal());
    return known_.emplace(which, std::move(given)).first->second;
}

Outcome References::fill(Record& record) {
    for (const Record::Reference& reference : record.references()) {
        const auto value = value_of(reference);
        if (!value) return std::unexpected(value.error());
        if (!is_of(reference.type, *value))
            return fail(Exit::line_failed,
                        fmt::format("{}: the vault's {} is not {}", reference.key,
                                    escape(reference.in_vault), name_of(reference.type)));
        record.set(reference.key, *value);
    }
    return {};
}

}  // namespace proxmox
