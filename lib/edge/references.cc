// References: what a line only names is looked up in the vault right before the line begins.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/references.h"

#include <fmt/format.h>

#include <utility>

#include "api/config.h"
#include "base/escape.h"

namespace proxmox {

Outcome References::fill(Record& record) {
    for (const Record::Reference& reference : record.references()) {
        auto known = known_.find(reference.in_vault);
        if (known == known_.end()) {
            auto value = value_of_vault(reference.in_vault);
            if (!value)
                return fail(Exit::line_failed,
                            fmt::format("{} is to come from the vault's {}: {}", reference.key,
                                        escape(reference.in_vault), value.error().message));
            known = known_.emplace(reference.in_vault, std::move(*value)).first;
        }
        record.set(reference.key, known->second.reveal());
    }
    return {};
}

}  // namespace proxmox
