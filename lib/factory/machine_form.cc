// What Proxmox is asked to write into a machine's configuration.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/machine_form.h"

#include <fmt/format.h>

#include <array>

#include "base/escape.h"
#include "line/expand.h"
#include "line/grammar.h"

namespace proxmox {
namespace {

/// A key of the record and what Proxmox calls it, where the value goes over as it is.
struct Passed {
    std::string_view key;
    std::string_view parameter;
};

constexpr std::array<Passed, 13> passed_keys{{
    {"vm_memory", "memory"},
    {"vm_cores", "cores"},
    {"vm_sockets", "sockets"},
    {"vm_cpu", "cpu"},
    {"vm_os_type", "ostype"},
    {"vm_tags", "tags"},
    {"vm_description", "description"},
    {"vm_ci_user", "ciuser"},
    {"vm_ci_ip", "ipconfig0"},
    {"vm_ci_nameserver", "nameserver"},
    {"vm_onboot", "onboot"},
    {"vm_protection", "protection"},
    {"vm_agent", "agent"},
}};

}  // namespace

void MachineForm::set(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    std::string text;
    json::write_string(text, value);
    members_.set(key, std::move(text));
    is_empty_ = false;
}

void MachineForm::pass_keys(const Record& record) {
    for (const Passed& passed : passed_keys) set(passed.parameter, record[passed.key]);
    // Proxmox wants the keys encoded once more than the form already is.
    if (record.has("vm_ci_ssh_keys")) set("sshkeys", percent_encode(record["vm_ci_ssh_keys"]));
}

Result<std::string> boot_order_of(std::string_view text) {
    constexpr std::string_view prefix = "order=";
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    std::string order(prefix);
    while (!text.empty()) {
        const std::size_t end = text.find_first_of(",;");
        const std::string_view device = text.substr(0, end);
        if (!is_of(Type::word, device))
            return fail(Exit::line_failed,
                        fmt::format("not a device to boot from: {}", escape(device)));
        order.append(order.size() > prefix.size() ? ";" : "").append(device);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    if (order.size() == prefix.size())
        return fail(Exit::line_failed, "the boot order names no device");
    return order;
}

}  // namespace proxmox
