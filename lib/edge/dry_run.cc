// The dry run: which requests a line would lead to, told instead of sent.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "edge/dry_run.h"

#include <fmt/format.h>

#include "line/expand.h"
#include "line/grammar.h"
#include "json/json.h"
#include "base/moment.h"

namespace proxmox {
namespace {

std::string quoted(std::string_view text) {
    std::string out;
    json::write_string(out, text);
    return out;
}

std::string written_form(const Act& act, const Record& record) {
    std::string form;
    for (const auto& [key, value] : form_of(act.form, record))
        form += fmt::format("{}{}:{}", form.empty() ? "" : ",", quoted(key), quoted(value));
    return form.empty() ? "" : fmt::format(R"("form":{{{}}},)", form);
}

std::string line_of(const Record& record, std::string_view method, std::string_view path,
                    const std::string& form = {}) {
    return fmt::format(R"({{{}"method":"{}","path":{}}})", form, method,
                       quoted(expand_text(path, record))) +
           '\n';
}

}  // namespace

std::string requests_of(const Action& action, Record record, std::string_view node) {
    if (!record.has("proxmox_node")) record.set("proxmox_node", node);
    std::string lines;
    const auto stands_for_itself = [&record](std::string_view key) {
        if (!key.empty() && !record.has(key)) record.set(key, fmt::format("{{{}}}", key));
    };
    if (!action.new_id.empty() && !record.has(action.new_id))
        lines += line_of(record, "GET", "/cluster/nextid");
    stands_for_itself(action.new_id);
    if (!action.new_id.empty()) stands_for_itself("fresh_uuid");
    for (const Look& look : action.looks) {
        const bool is_asked = (look.unless.empty() || !record.has(look.unless)) &&
                              (look.when.empty() || record.has(look.when));
        if (!is_asked) continue;
        if (!look.path.empty())
            lines += line_of(record, "GET", look.path);
        else if (const auto prepared = look.prepare({}, record, {}); !prepared)
            lines += fmt::format("{{\"refused\":{}}}\n", quoted(prepared.error().message));
        for (const std::string_view key : look.gives) stands_for_itself(key);
    }
    const auto add = [&](const Act& act) {
        if (act.method == Method::none || (!act.when.empty() && !record.has(act.when))) return;
        lines += line_of(record, name_of(act.method), act.path, written_form(act, record));
    };
    add(action.act);
    for (const Act& act : action.then) add(act);
    if (!action.read.empty()) lines += line_of(record, "GET", action.read);
    return lines;
}

Exit dry_run(const Action& action, std::span<const Given> given, LineReader& input,
             std::string_view node, Output& output) {
    Exit exit = Exit::ok;
    while (true) {
        const auto next = input.await_next();
        if (!next) {
            output.error(next.error());
            return worse(exit, next.error().exit);
        }
        if (!*next) return exit;
        const Line& line = **next;
        auto record = parse_record(line, action.input, {.given = given});
        if (record && !*record) continue;
        if (!record) {
            exit = worse(exit, record.error().exit);
            output.trace(fmt::format("skip line {}: {}", line.number, record.error().message));
        } else if (!output.put(requests_of(action, std::move(**record), node))) {
            return worse(exit, Exit::write_failed);
        }
    }
}

}  // namespace proxmox
