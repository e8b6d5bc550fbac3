// What cloud-init is told: out of a line's keys, the values that Proxmox keeps for it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/cloud_init.h"

#include <fmt/format.h>

#include <array>

#include "base/escape.h"
#include "factory/network_card.h"
#include "line/expand.h"

namespace proxmox {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

Result<std::string> ip_config_of(const Record& record) {
    const std::string_view address = record["vm_ci_ip"];
    const bool is_config = address.starts_with("ip=") || address.starts_with("ip6=");
    if (address.empty() || is_config) return std::string(address);
    if (address == "dhcp") return "ip=dhcp";
    for (const std::string_view key : {"vm_ci_ip", "vm_ci_netmask", "vm_ci_ip_gw"})
        if (record[key].find_first_of(",=") != std::string_view::npos)
            return fail(Exit::line_failed,
                        fmt::format("{} is no address: {}", key, escape(record[key])));
    const bool has_mask = address.find('/') != std::string_view::npos;
    if (!has_mask && !record.has("vm_ci_netmask"))
        return fail(Exit::line_failed, "vm_ci_ip comes without its vm_ci_netmask (24)");
    std::string config = fmt::format("ip={}", address);
    if (!has_mask) config += fmt::format("/{}", record["vm_ci_netmask"]);
    if (record.has("vm_ci_ip_gw")) config += fmt::format(",gw={}", record["vm_ci_ip_gw"]);
    return config;
}

std::string sent_keys(std::string_view keys) { return percent_encode(trimmed(keys)); }

std::string kept_keys(std::string_view encoded) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto digit = [digits](char letter) {
        const char capital =
            letter >= 'a' && letter <= 'f' ? static_cast<char>(letter - 32) : letter;
        return digits.find(capital);
    };
    std::string keys;
    for (std::size_t at = 0; at < encoded.size(); ++at) {
        const bool is_encoded = encoded[at] == '%' && at + 2 < encoded.size() &&
                                digit(encoded[at + 1]) != std::string_view::npos &&
                                digit(encoded[at + 2]) != std::string_view::npos;
        if (!is_encoded) {
            keys += encoded[at];
            continue;
        }
        keys += static_cast<char>(digit(encoded[at + 1]) * 16 + digit(encoded[at + 2]));
        at += 2;
    }
    return keys;
}

bool has_cloud_init_drive(const json::Value& config) {
    bool has_drive = false;
    config.each([&has_drive](const json::Value& drive) {
        const std::string_view value = drive.text();
        const std::string_view volume = value.substr(0, value.find(','));
        has_drive = has_drive || (volume.find(':') != std::string_view::npos &&
                                  volume.find("cloudinit") != std::string_view::npos &&
                                  value.find("media=cdrom") != std::string_view::npos);
    });
    return has_drive;
}

Result<std::string> compose_cloud_init(const json::Value& config, Record& record, const Moment&) {
    const auto ip_config = ip_config_of(record);
    if (!ip_config) return ip_config;
    record.set("sent_ip_config", *ip_config);
    record.set("sent_keys", sent_keys(record["vm_ci_ssh_key"]));
    const std::string_view bridge = record["vm_net_virtio_bridge"];
    if (!bridge.empty() && !config.exists())
        return fail(Exit::line_failed,
                    fmt::format("vm_id {}: its net0 cannot be read, and would get another address",
                                record["vm_id"]));
    if (!bridge.empty()) {
        NetworkCard card(config["net0"].text());
        if (const auto set = card.set("bridge", bridge); !set) return std::unexpected(set.error());
        record.set("sent_card", card.text());
    }
    if (!config.exists() || has_cloud_init_drive(config)) return {};
    return fmt::format("vm_id {} has no cloud-init drive: the values are kept until it gets one",
                       record["vm_id"]);
}

}  // namespace proxmox
