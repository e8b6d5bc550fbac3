// What stands inside the values of a guest's configuration: cards, addresses, agent, display, CPU.
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/forms.h"
#include "http/property_string.h"

namespace demo_node {

constexpr long most_tag = 4094, most_mtu = 65'520, most_queues = 64, least_guest_mtu = 64;
constexpr long least_display_mb = 4, most_display_mb = 512;

inline constexpr Property machine_card[] = {
    {.name = "model",
     .required = true,
     .is_default = true,
     .choices = "e1000, e1000-82540em, e1000-82544gc, e1000-82545em, e1000e, i82551, i82557b, "
                "i82559er, ne2k_isa, ne2k_pci, pcnet, rtl8139, virtio, vmxnet3",
     .value_belongs_to = "macaddr"},
    {.name = "macaddr", .form = hardware_address_error},
    {.name = "bridge"},
    {.name = "firewall", .type = Property::Type::boolean},
    {.name = "link_down", .type = Property::Type::boolean},
    {.name = "mtu", .type = Property::Type::integer, .minimum = 1, .maximum = most_mtu},
    {.name = "queues", .type = Property::Type::integer, .minimum = 0, .maximum = most_queues},
    {.name = "rate", .type = Property::Type::number, .minimum = 0},
    {.name = "tag", .type = Property::Type::integer, .minimum = 1, .maximum = most_tag},
    {.name = "trunks"},
};

inline constexpr Property container_card[] = {
    {.name = "name", .required = true},
    {.name = "type", .choices = "veth"},
    {.name = "bridge"},
    {.name = "firewall", .type = Property::Type::boolean},
    {.name = "gw", .form = ipv4_error},
    {.name = "gw6", .form = ipv6_error},
    {.name = "host-managed", .type = Property::Type::boolean},
    {.name = "hwaddr", .form = hardware_address_error},
    {.name = "ip", .form = ip_configuration_error},
    {.name = "ip6"},
    {.name = "link_down", .type = Property::Type::boolean},
    {.name = "mtu",
     .type = Property::Type::integer,
     .minimum = least_guest_mtu,
     .maximum = most_mtu},
    {.name = "rate", .type = Property::Type::number, .minimum = 0},
    {.name = "tag", .type = Property::Type::integer, .minimum = 1, .maximum = most_tag},
    {.name = "trunks"},
};

inline constexpr Property ip_configuration[] = {
    {.name = "ip", .form = ip_configuration_error},
    {.name = "gw", .form = ipv4_error, .needs = "ip"},
    {.name = "ip6"},
    {.name = "gw6", .form = ipv6_error, .needs = "ip6"},
};

inline constexpr Property agent_switches[] = {
    {.name = "enabled", .type = Property::Type::boolean, .required = true, .is_default = true},
    {.name = "freeze-fs", .type = Property::Type::boolean},
    {.name = "freeze-fs-on-backup", .type = Property::Type::boolean},
    {.name = "fstrim_cloned_disks", .type = Property::Type::boolean},
    {.name = "type", .choices = "virtio, isa"},
};

inline constexpr Property display[] = {
    {.name = "type",
     .is_default = true,
     .choices = "cirrus, qxl, qxl2, qxl3, qxl4, none, serial0, serial1, serial2, serial3, std, "
                "virtio, virtio-gl, vmware"},
    {.name = "memory",
     .type = Property::Type::integer,
     .minimum = least_display_mb,
     .maximum = most_display_mb},
    {.name = "clipboard", .choices = "vnc"},
};

}  // namespace demo_node
