// What the tools that make machines have in common: their keys and options, and their ways.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: a table of keys and one of options.
#pragma once

#include "factory/machines.h"
#include "tool/tool.h"

namespace proxmox {

inline constexpr Input new_machine[]{{"vm_name", Type::host_name, required},
                                     {"proxmox_node", Type::node},
                                     {"vm_id", Type::vm_id},
                                     {"vm_memory", Type::number},
                                     {"vm_cores", Type::number},
                                     {"vm_sockets", Type::number},
                                     {"vm_cpu"},
                                     {"vm_disk_size", Type::number},
                                     {"vm_disk_storage", Type::word},
                                     {"vm_bridge", Type::word},
                                     {"vm_os_type", Type::word},
                                     {"vm_agent", Type::flag},
                                     {"vm_boot_order"},
                                     {"vm_iso_file"},
                                     {"vm_tags"},
                                     {"vm_description"},
                                     {"vm_pool", Type::word},
                                     {"vm_image"},
                                     {"vm_cloud_init", Type::flag},
                                     {"vm_ci_user"},
                                     {"vm_ci_ssh_keys"},
                                     {"vm_ci_ip"},
                                     {"vm_ci_nameserver"},
                                     {"vm_template_id", Type::vm_id},
                                     {"vm_full_clone", Type::flag}};

inline constexpr Setting machine_settings[]{
    {"--memory", "MIB", "memory (2048)", "vm_memory"},
    {"--cores", "N", "cores (2)", "vm_cores"},
    {"--sockets", "N", "sockets (1)", "vm_sockets"},
    {"--disk", "GIB", "size of the disk (32); 0 for none", "vm_disk_size"},
    {"--storage", "NAME", "where the disk is (local-lvm, or what has most room)",
     "vm_disk_storage"},
    {"--bridge", "NAME", "network bridge (vmbr0)", "vm_bridge"},
    {"--os-type", "TYPE", "guest's system (l26)", "vm_os_type"},
    {"--boot-order", "LIST", "devices to boot from (net0,scsi0)", "vm_boot_order"},
    {"--tags", "A;B", "tags", "vm_tags"},
    {"--pool", "NAME", "pool", "vm_pool"},
    {"--iso", "VOLUME", "CD image, as local:iso/x.iso", "vm_iso_file"},
    {"--image", "VOLUME", "disk image to import, as local:import/x.qcow2", "vm_image"},
    {"--cloud-init", "", "add a cloud-init drive", "vm_cloud_init"},
    {"--ci-user", "NAME", "user that cloud-init makes", "vm_ci_user"},
    {"--ci-ssh-keys", "KEYS", "that user's public keys", "vm_ci_ssh_keys"},
    {"--ci-ip", "CONFIG", "address, as ip=dhcp", "vm_ci_ip"},
    {"--ci-nameserver", "ADDRESS", "name server", "vm_ci_nameserver"},
    {"--template", "ID", "clone this template instead of installing", "vm_template_id"},
    {"--full", "", "a full clone of the template", "vm_full_clone"}};

inline constexpr Setting clone_settings[]{
    {"--name", "NAME", "name of the clone (SOURCE-cloned)", "vm_name"},
    {"--storage", "NAME", "where a full clone's disks are (as the source's)", "vm_disk_storage"},
    {"--pool", "NAME", "pool", "vm_pool"},
    {"--full", "", "a full clone, of a template, too", "vm_full_clone"}};

/// The storages that take disks, and in which formats.
inline constexpr std::string_view storages_path =
    "/nodes/{proxmox_node}/storage?content=images&enabled=1&format=1";

/// What these ways ask for, as manuals show it.
inline constexpr Requested creation_requests[]{
    {Method::get, "/cluster/nextid"},
    {Method::get, storages_path},
    {Method::get, "/nodes/{proxmox_node}/qemu/{vm_template_id}/config"},
    {Method::post, "/nodes/{proxmox_node}/qemu/{vm_template_id}/clone"},
    {Method::put, "{guest}/config"},
    {Method::put, "{guest}/resize"},
    {Method::post, "/nodes/{proxmox_node}/qemu"},
    {Method::get, "{guest}/config"}};
inline constexpr Requested clone_requests[]{
    {Method::get, "/cluster/nextid"},
    {Method::get, "/nodes/{proxmox_node}/qemu/{vm_new_id}/status/current"},
    {Method::get, "{guest}/config"},
    {Method::post, "{guest}/clone"},
    {Method::put, "/nodes/{proxmox_node}/qemu/{vm_new_id}/config"},
    {Method::get, "/nodes/{proxmox_node}/qemu/{vm_new_id}/config"}};

/// Makes a machine from nothing, from an image, or as a clone of a template.
[[gnu::visibility("default")]] Way<Printed> create_machine(Line& line);

/// Clones a machine or a template.
[[gnu::visibility("default")]] Way<Printed> clone_machine(Line& line);

/// Sets what `compose_changes` has worked out.
inline constexpr Change changes_of_machine{
    .method = Method::put, .path = "{guest}/config", .body = {.members_of = "vm_changes"}};

}  // namespace proxmox
