// Configuring machines: what a line wants beside what a machine has, and what is sent of it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/configuration.h"

#include <fmt/format.h>

#include <optional>

#include "base/escape.h"
#include "factory/cloud_init.h"
#include "factory/differences.h"
#include "factory/disk.h"
#include "factory/foreign_trait.h"
#include "line/address.h"
#include "stage/change.h"
#include "stage/lock.h"
#include "stage/look.h"
#include "stage/plain.h"
#include "stage/read.h"
#include "stage/task.h"

namespace proxmox {
namespace {

constexpr std::string_view guests_config = "{guest}/config";
/// So often a configuration may be changed by others between our look and our change.
constexpr int looks_limit = lock_refusals_limit;

constexpr Change setting{
    .method = Method::put, .path = guests_config, .body = {.members_of = "vm_changes"}};

/// The key that lines have in this place, or the devkit's.
std::string_view either(const Record& record, std::string_view key, std::string_view upstreams) {
    return record.has(key) ? record[key] : record[upstreams];
}

bool is_numbered(std::string_view key, std::string_view prefix) {
    const auto number =
        key.starts_with(prefix) ? json::integer_of(key.substr(prefix.size())) : std::nullopt;
    return number && *number >= 0 && *number < 32;
}

/// "net0": "virtio,bridge=vmbr1" or an object; "ipconfig1": what cloud-init gives that card.
Outcome want_cards(Differences& differences, const Record& record) {
    const std::string_view bridge = either(record, "vm_bridge", "vm_net_virtio_bridge");
    std::string text =
        record.has("vm_cards_wanted") ? std::string(record["vm_cards_wanted"]) : "{}";
    const auto cards = json::Document::parse(text);
    Outcome outcome;
    if (!bridge.empty()) {
        std::string usual = "{\"bridge\":";
        json::write_string(usual, bridge);
        const auto card = json::Document::parse(usual + '}');
        if (!cards->root()["net0"].exists()) outcome = differences.want_card("net0", card->root());
    }
    cards->root().each([&](const json::Value& card) {
        if (!outcome) return;
        if (is_numbered(card.key(), "net"))
            outcome = differences.want_card(card.key(), card);
        else if (is_numbered(card.key(), "ipconfig"))
            differences.want_properties(card.key(), card.text());
        else
            outcome = fail(Exit::line_failed,
                           fmt::format("vm_cards_wanted: {} is no card", escape(card.key())));
    });
    return outcome;
}

Outcome want_cloud_init(Differences& differences, const Record& record) {
    const auto address = ip_config_of(record);
    if (!address) return std::unexpected(address.error());
    differences.want("ciuser", record["vm_ci_user"]);
    differences.want_keys(either(record, "vm_ci_ssh_keys", "vm_ci_ssh_key"));
    differences.want_words("nameserver", either(record, "vm_ci_nameserver", "vm_ci_dns_ips"));
    differences.want_words("searchdomain",
                           either(record, "vm_ci_searchdomain", "vm_ci_dns_domain"));
    differences.want_properties("ipconfig0", *address);
    differences.want_password(record["vm_ci_password"], record["vm_set_password"] == "1");
    return {};
}

/// What has come to pass with one machine so far.
struct Configured {
    bool has_set = false;
    bool has_grown = false;
    bool concerns_cloud_init = false;
    /// What was sent at last, as anyone may see it.
    std::string shown = "{}";
};

/// Somebody has changed the configuration since it was read; or else that was our own change, whose
/// reply got lost and which was sent again.
bool tells_of_others(std::string_view words) {
    return words.find("by other user?") != std::string_view::npos;
}

/// Sets what differs, against what is there at that moment.
Way<void> set_values(Line& line, Configured& done) {
    bool was_told_of_others = false;
    for (int looks = 0;; ++looks) {
        const Finding config =
            co_await see_unlocked(line, guests_config, std::string(line.record["vm_id"]));
        const Moment now = line.stand.now();
        auto noted = co_await compose_configuration(config.data(), line.record, now);
        if (!noted.empty() && looks == 0) line.note(std::move(noted));
        // After a change that was refused for what others did, nothing differs: it had been made.
        done.has_set = was_told_of_others;
        if (!line.record.has("vm_changes")) co_return;
        done.shown = line.record["shown_changes"];
        done.concerns_cloud_init = line.record.has("concerns_cloud_init");
        Made made = co_await attempt(line, setting);
        done.has_set = !made.is_refused();
        if (done.has_set) co_return;
        was_told_of_others = tells_of_others(made.words);
        const bool is_locked = tells_of_lock(made.words);
        const bool may_look_again = was_told_of_others || is_locked;
        if (!may_look_again || looks >= looks_limit) co_await explain(line, std::move(made));
        if (is_locked) co_await outlast_lock(line);
    }
}

Way<void> grow_disk(Line& line, Configured& done) {
    if (!line.record.has("vm_growth")) co_return;
    const Made made = co_await make_unlocked(line, growth);
    if (made.how != Made::How::done)
        co_await ends_by(failure(line, line.exit, overdue_words(line)));
    done.has_grown = true;
}

/// What was set has to be there now.
Way<void> prove_set(Line& line, const Configured& done) {
    if (line.is_rehearsed || (!done.has_set && !done.has_grown)) co_return;
    line.record.set("vm_set_password", "");
    const Finding config = co_await see(line, guests_config);
    const Moment now = line.stand.now();
    co_await compose_configuration(config.data(), line.record, now);
    if (line.record.has("vm_changes") || line.record.has("vm_growth")) {
        std::string still = escape(line.record["shown_changes"]);
        if (line.record.has("vm_growth")) still += " and the size of its disk";
        co_await ends_by(failure(line, Exit::line_failed,
                                 line.subject() + " was changed, but is not as wanted",
                                 "it still differs in " + still));
    }
}

Way<Printed> configure_there(Line& line) {
    co_await keep_guard(line);
    Configured done;
    co_await set_values(line, done);
    const std::string growing(line.record["vm_growth"]);
    co_await grow_disk(line, done);
    if (done.concerns_cloud_init) co_await make_unlocked(line, cloud_init_drive);
    co_await prove_set(line, done);
    const bool is_changed = done.has_set || done.has_grown;
    line.record.set("shown_changes", done.shown);
    line.record.set("vm_as_wanted", is_changed ? "false" : "true");
    if (done.has_grown) line.record.set("vm_grown_to", growing);
    if (!is_changed && !line.is_rehearsed)
        line.note(line.subject() + " is as wanted; nothing was sent");
    co_return print(line);
}

}  // namespace

Result<std::string> compose_configuration(const json::Value& config, Record& record,
                                          const Moment& moment) {
    if (config.exists())
        if (const std::string foreign = foreign_trait(config, record); !foreign.empty())
            return fail(Exit::line_failed,
                        fmt::format("vm_id {} is another machine, left alone: {}", record["vm_id"],
                                    foreign));
    Differences differences(config);
    differences.want_tags(either(record, "vm_tags", "vm_tag_name"));
    differences.want_notes(record["vm_description"]);
    differences.want("cores", record["vm_cores"]);
    differences.want("sockets", record["vm_sockets"]);
    differences.want("memory", record["vm_memory"]);
    if (const auto wanted = want_cards(differences, record); !wanted)
        return std::unexpected(wanted.error());
    if (const auto wanted = want_cloud_init(differences, record); !wanted)
        return std::unexpected(wanted.error());
    if (differences.concerns_cloud_init() && config.exists() && !has_cloud_init_drive(config))
        return fail(Exit::line_failed,
                    fmt::format("vm_id {} has no cloud-init drive to tell it from: "
                                "proxmox_vm.set_config --set ide2=STORAGE:cloudinit gives it one",
                                record["vm_id"]));
    record.set("vm_changes", differences.sent());
    record.set("shown_changes", differences.shown());
    record.set("concerns_cloud_init", differences.concerns_cloud_init() ? "1" : "");
    return compose_growth(config, record, moment);
}

Way<Printed> configure_machine(Line& line) { return where_it_is(line, configure_there); }

}  // namespace proxmox
