// Lines that are not finished: accepted and still to be awaited, or failed and to be fed again.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "print/unfinished.h"

#include <fmt/format.h>

#include <map>

#include "base/escape.h"
#include "line/expand.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

constexpr std::string_view source_name = "proxmox-api";
constexpr std::string_view unknown_value = R"("?")";

/// A JSON object in the making, its keys in alphabetical order.
class Members {
  public:
    /// All that is in the object already.
    explicit Members(const json::Value& object) {
        object.each([this](const json::Value& value) {
            json::write(members_[std::string(value.key())], value);
        });
    }
    Members() = default;

    void put(std::string_view key, std::string_view json_text) {
        members_[std::string(key)] = json_text;
    }
    void put_text(std::string_view key, std::string_view text) {
        std::string written;
        json::write_string(written, text);
        put(key, written);
    }
    void remove(std::string_view key) { members_.erase(std::string(key)); }
    bool has(std::string_view key) const { return members_.contains(std::string(key)); }
    bool is_open(std::string_view key) const {
        const auto found = members_.find(std::string(key));
        return found != members_.end() && found->second == "null";
    }

    std::string line() const {
        std::string text = "{";
        for (const auto& [key, value] : members_) {
            if (text.size() > 1) text += ',';
            json::write_string(text, key);
            text += ':' + value;
        }
        return text + "}\n";
    }

  private:
    std::map<std::string, std::string> members_;
};

/// The object that a line is; no members where it is something else.
Members members_of(std::string_view line) {
    const auto document = json::Document::parse(line);
    return document && document->root().is(json::Kind::object) ? Members(document->root())
                                                               : Members();
}

/// The kind of guest that the awaited task is about; VMs where nothing says otherwise.
const Guest& guest_of(const Record& record) {
    const auto upid = parse_upid(record["upid"]);
    const Guest* const kind = upid ? guest_of_task(upid->type) : nullptr;
    return kind == nullptr ? qemu : *kind;
}

bool is_destruction(const Record& record) {
    const auto upid = parse_upid(record["upid"]);
    return upid && upid->type == fmt::format("{}destroy", guest_of(record).task_prefix);
}

void put_origin(Members& members, const Printing& printing, const Record& record) {
    members.put_text("action", printing.action);
    members.put_text("source", source_name);
    if (record.has("proxmox_node")) members.put_text("proxmox_node", record["proxmox_node"]);
}

/// The state that the line has left open, read now that its task has ended.
void close_state(Members& members, const Record& record, const json::Value& row) {
    for (const std::string_view field : {"name", "status"}) {
        const std::string key = fmt::format("{}{}", guest_of(record).prefix, field);
        if (!members.is_open(key)) continue;
        if (row[field].exists())
            members.put_text(key, row[field].text());
        else
            members.put(key, unknown_value);
        if (is_destruction(record) && field == "status") members.put_text(key, "deleted");
    }
}

}  // namespace

std::string print_accepted(const Printing& printing, const Record& record) {
    Members members;
    put_origin(members, printing, record);
    for (const Column& column : printing.prints.columns) {
        members.put(column.key, "null");
        if (column.source.from == Source::From::text) {
            const std::string value = expand_text(column.source.what, record);
            if (!value.empty()) members.put_text(column.key, value);
        } else if (column.source.from == Source::From::json && record.has(column.source.what)) {
            members.put(column.key, record[column.source.what]);
        }
    }
    members.put_text("upid", record["upid"]);
    if (printing.prints_failures) members.put("ok", "true");
    return members.line();
}

bool is_state_open(const Record& record) {
    const Members members = members_of(record[whole_line]);
    const std::string_view prefix = guest_of(record).prefix;
    return !is_destruction(record) && (members.is_open(fmt::format("{}name", prefix)) ||
                                       members.is_open(fmt::format("{}status", prefix)));
}

std::string print_awaited(const Printing& printing, const Record& record, const json::Value& row) {
    Members members = members_of(record[whole_line]);
    if (members.has("action")) {
        members.remove("upid");
        close_state(members, record, row);
    } else {
        const std::string upid(record["upid"]);
        put_origin(members, printing, record);
        members.put_text("upid", upid);
        members.put_text("task_type", parse_upid(upid)->type);
        if (record.has("vm_id")) members.put_text("vm_id", record["vm_id"]);
    }
    members.remove("error");
    if (printing.prints_failures) members.put("ok", record["ok"]);
    return members.line();
}

std::string print_failure(const Printing& printing, const Record& record, Exit exit,
                          std::string_view reason) {
    Members members = members_of(record[whole_line]);
    if (!members.has("action")) put_origin(members, printing, record);
    for (const Input& input : printing.inputs)
        if (input.key != whole_line && !is_hidden(input.type) && record.has(input.key))
            members.put_text(input.key, record[input.key]);
    if (record.has("line")) members.put_text("line", record["line"]);
    members.put_text("error", reason);
    members.put("exit", std::to_string(static_cast<int>(exit)));
    members.put("ok", "false");
    return members.line();
}

bool is_failure(std::string_view line) {
    const auto document = json::Document::parse(line);
    if (!document) return false;
    const json::Value ok = document->root()["ok"];
    return ok.is(json::Kind::boolean) && ok.text() == "false";
}

std::string refeedable(std::string_view line, std::string_view key, const Record& record,
                       std::string_view reason) {
    const auto document = json::Document::parse(line);
    const bool is_object = document && document->root().is(json::Kind::object);
    Members members = is_object ? Members(document->root()) : Members();
    if (!is_object && record.has(key)) members.put_text(key, record[key]);
    if (!is_object && !record.has(key)) members.put_text("line", escape(line));
    // What an earlier tool gave up is what somebody now wants tried again.
    members.remove("ok");
    members.remove("exit");
    members.put_text("error", reason);
    return members.line();
}

}  // namespace proxmox
