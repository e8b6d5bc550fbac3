// Rehearsals: a way that is gone without sending anything tells what it would ask for.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/rehearsal.h"

#include <fmt/format.h>

#include "json/json.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

std::string quoted(std::string_view text) {
    std::string out;
    json::write_string(out, text);
    return out;
}

void add(Line& line, std::string_view body, Method method, std::string_view path) {
    const std::string whole = line.text(whole_path(line.run.subject, path));
    line.rehearsal += fmt::format(R"({{{}"method":"{}","path":{}}})"
                                  "\n",
                                  body, name_of(method), quoted(whole));
}

}  // namespace

void rehearse(Line& line, Method method, std::string_view path, const List<Parameter>& query) {
    if (path.empty()) return;
    const auto asked = form_of(parameters_of(query, line.record));
    const bool has_query = asked && !asked->empty();
    add(line, "", method, std::string(path) + (has_query ? '?' + *asked : ""));
}

void rehearse(Line& line, const Change& change) {
    const auto parameters = parameters_of(change.body, line.record);
    std::string body;
    if (!parameters.empty())
        body = fmt::format(R"("{}":{},)", change.body.encoding == Encoding::form ? "form" : "json",
                           json_of(parameters));
    add(line, body, change.method, change.path);
}

Reached<void> rehearse_preparation(Line& line, Prepare prepare) {
    if (const auto prepared = prepare({}, line.record, {}); !prepared)
        line.rehearsal += fmt::format("{{\"refused\":{}}}\n", quoted(prepared.error().message));
    return {};
}

void stand_for_itself(Record& record, std::string_view key) {
    if (!key.empty() && !record.has(key)) record.set(key, fmt::format("{{{}}}", key));
}

}  // namespace proxmox
