// What cloud-init is told: out of a line's keys, the values that Proxmox keeps for it.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/moment.h"
#include "json/json.h"
#include "line/record.h"
#include "tool/tool.h"

namespace proxmox {

/// "ip=10.0.0.2/24,gw=10.0.0.1", out of an address with its netmask and gateway, each under its own
/// key, or of that text itself; empty where the line has no address.
Result<std::string> ip_config_of(const Record& record);

/// Public keys, one a line, as Proxmox wants them: encoded once more than a form already is.
std::string sent_keys(std::string_view keys);

/// The same as Proxmox tells them, decoded.
std::string kept_keys(std::string_view encoded);

/// A drive with cloud-init's values is among the drives of this configuration.
bool has_cloud_init_drive(const json::Value& config);

/// Prepare: what is sent of a line under the devkit's keys; a card that is put on another bridge
/// keeps its address.
[[gnu::visibility("default")]] Result<std::string> compose_cloud_init(const json::Value& config,
                                                                      Record& record,
                                                                      const Moment& moment);

/// The values themselves, in upstream's order.
inline constexpr Change cloud_init_values{.method = Method::put,
                                          .path = "{guest}/config",
                                          .body = {{{"ciuser", text("{vm_ci_user}")},
                                                    {"cipassword", text("{vm_ci_password}")},
                                                    {"sshkeys", text("{sent_keys}")},
                                                    {"searchdomain", text("{vm_ci_dns_domain}")},
                                                    {"nameserver", text("{vm_ci_dns_ips}")},
                                                    {"net0", text("{sent_card}")},
                                                    {"ipconfig0", text("{sent_ip_config}")}}}};

/// The drive that a guest reads them from is made anew.
inline constexpr Change cloud_init_drive{.method = Method::put, .path = "{guest}/cloudinit"};

}  // namespace proxmox
