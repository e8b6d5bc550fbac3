// The dry run: which requests a line would lead to, told instead of sent.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "dry_run.h"

#include <fmt/format.h>

#include "expand.h"
#include "grammar.h"
#include "json.h"

namespace proxmox {
namespace {

std::string quoted(std::string_view text) {
    std::string out;
    json::write_string(out, text);
    return out;
}

std::string form_of(const Action& action, const Record& record) {
    std::string form;
    for (const Parameter& parameter : action.act.form) {
        const std::string value = expand_text(parameter.value, record);
        if (value.empty()) continue;
        form +=
            fmt::format("{}{}:{}", form.empty() ? "" : ",", quoted(parameter.key), quoted(value));
    }
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
    const Look& look = action.look;
    std::string lines;
    if (!look.path.empty() && (look.unless.empty() || !record.has(look.unless)))
        lines += line_of(record, "GET", look.path);
    if (action.prepare != nullptr)
        for (const Input& input : action.input)
            if (!record.has(input.key)) record.set(input.key, fmt::format("{{{}}}", input.key));
    if (action.act.method != Method::none)
        lines +=
            line_of(record, name_of(action.act.method), action.act.path, form_of(action, record));
    if (!action.read.empty()) lines += line_of(record, "GET", action.read);
    return lines;
}

Exit dry_run(const Action& action, LineReader& input, std::string_view node, Output& output) {
    Exit exit = Exit::ok;
    while (true) {
        const auto next = input.await_next();
        if (!next) {
            output.error(next.error());
            return worse(exit, next.error().exit);
        }
        if (!*next) return exit;
        const Line& line = **next;
        auto record = parse_record(line, action.input);
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
