// Changing machines: the boot order, single keys, and who a machine is afterwards.
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "base/escape.h"
#include "factory/foreign_trait.h"
#include "factory/machine_form.h"
#include "factory/machines.h"
#include "factory/mark.h"
#include "line/address.h"
#include "line/grammar.h"

namespace proxmox {

Result<std::string> compose_boot_order(const json::Value&, Record& record, const Moment&) {
    const auto order = boot_order_of(record["vm_boot_order"]);
    if (!order) return order;
    record.set("vm_boot_order", *order);
    return {};
}

Result<std::string> compose_changes(const json::Value&, Record& record, const Moment&) {
    MachineForm form;
    form.pass_keys(record);
    if (const auto given = json::Document::parse(record["vm_config"]); given) {
        std::string refused;
        given->root().each([&](const json::Value& member) {
            const bool is_scalar = !member.is(json::Kind::object) && !member.is(json::Kind::array);
            if (!is_scalar || !is_of(Type::word, member.key())) refused = member.key();
            // Proxmox knows booleans as numbers alone.
            const bool is_true = member.text() == "true", is_false = member.text() == "false";
            const bool is_boolean = member.is(json::Kind::boolean);
            form.set(member.key(), is_boolean && is_true    ? "1"
                                   : is_boolean && is_false ? "0"
                                                            : member.text());
        });
        if (!refused.empty())
            return fail(Exit::line_failed,
                        fmt::format("vm_config: {} is no key with a plain value", escape(refused)));
    }
    if (form.text().empty())
        return fail(Exit::line_failed,
                    fmt::format("vm_id {}: nothing to set; give keys on the line, in vm_config, or "
                                "with --set",
                                record["vm_id"]));
    record.set("vm_changes", form.text());
    return {};
}

Shown shows_created(const Seen& seen) {
    const json::Value config = seen.data();
    if (uuid_of(config) != seen.record["vm_uuid"]) return Shown::no;
    return config["lock"].exists() ? Shown::under_way : Shown::yes;
}

Shown shows_cloned(const Seen& seen) {
    const json::Value config = seen.data();
    if (!bears_mark(config["description"].text(), seen.record["vm_mark"])) return Shown::no;
    return config["lock"].exists() ? Shown::under_way : Shown::yes;
}

Shown shows_grown(const Seen& seen) {
    const std::string_view disk = seen.record.has("vm_disk") ? seen.record["vm_disk"] : "scsi0";
    const bool is_grown = property_of(seen.data()[disk].text(), "size") == seen.record["vm_growth"];
    return is_grown ? Shown::yes : Shown::no;
}

void take_plan(Record& record) {
    if (record.has("vm_template_id") && !record.has("vm_new_id")) {
        record.set("vm_new_id", record["vm_id"]);
        record.set("vm_id", record["vm_template_id"]);
    }
    if (record.has("vm_new_id")) record.set("names_id", "1");
}

Result<std::string> recognise_clone(const json::Value& config, Record& record, const Moment&) {
    const std::string because = foreign_clone(config, record["vm_name"], record["vm_id"]);
    if (because.empty()) return {};
    return fail(Exit::line_failed,
                fmt::format("vm_new_id {} is another machine's ({}), left alone: {}",
                            record["vm_new_id"], escape(config["name"].text()), because));
}

Result<std::string> learn_identity(const json::Value& config, Record& record, const Moment&) {
    const auto learn = [&record](std::string_view key, std::string_view value) {
        if (!value.empty()) record.set(key, value);
    };
    learn("vm_name", config["name"].text());
    learn("vm_uuid", uuid_of(config));
    learn("vm_created", property_of(config["meta"].text(), "ctime"));
    const std::vector<Card> cards = cards_of(config);
    learn("vm_cards", text_of_cards(cards));
    if (!cards.empty()) learn("vm_mac", cards.front().mac);
    learn("vm_boot_order", config["boot"].text());
    learn("vm_tags", config["tags"].text());
    if (has_agent(config)) record.set("has_agent", "1");
    return {};
}

}  // namespace proxmox
