// What the tools that make machines have in common: their keys, options and requests.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: a table of keys, one of options, and the requests that they end up in.
#pragma once

#include "tool/action.h"
#include "factory/machines.h"

namespace proxmox {

inline constexpr Inputs new_machine{{"vm_name", Type::host_name, required},
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

inline constexpr List<Setting, 24> machine_settings{
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

inline constexpr List<Setting, 24> clone_settings{
    {"--name", "NAME", "name of the clone (SOURCE-cloned)", "vm_name"},
    {"--storage", "NAME", "where a full clone's disks are (as the source's)", "vm_disk_storage"},
    {"--pool", "NAME", "pool", "vm_pool"},
    {"--full", "", "a full clone, of a template, too", "vm_full_clone"}};

/// Proxmox's lock on a storage is one for all nodes that share it.
inline constexpr std::string_view clone_turn = "clone onto {clone_storage}";

/// A clone of the VM in `path` gets the id that `new_id` stands for.
constexpr Act cloning(std::string_view path, std::string_view new_id) {
    return {.method = Method::post,
            .path = path,
            .form = {{"newid", new_id},
                     {"name", "{vm_name}"},
                     {"full", "{vm_full_clone}"},
                     {"description", "{vm_description}"},
                     {"storage", "{vm_disk_storage}"},
                     {"pool", "{vm_pool}"}},
            .task_types = {"qmclone"},
            .creates = true,
            .turn = clone_turn};
}

inline constexpr Act clone_of_vm =
    cloning("/nodes/{proxmox_node}/qemu/{vm_id}/clone", "{vm_new_id}");

inline constexpr Act clone_of_template = [] {
    Act act = cloning("/nodes/{proxmox_node}/qemu/{vm_template_id}/clone", "{vm_id}");
    act.when = act.task_of = "vm_template_id";
    return act;
}();

inline constexpr Act tags_of_clone{.method = Method::put,
                                   .path = "/nodes/{proxmox_node}/qemu/{vm_new_id}/config",
                                   .form = {{"*", "{vm_changes}"}},
                                   .when = "vm_changes"};

inline constexpr Act changes_of_clone{.method = Method::put,
                                      .path = "/nodes/{proxmox_node}/qemu/{vm_id}/config",
                                      .form = {{"*", "{vm_changes}"}},
                                      .when = "vm_changes"};

inline constexpr Act growth_of_clone{.method = Method::put,
                                     .path = "/nodes/{proxmox_node}/qemu/{vm_id}/resize",
                                     .form = {{"disk", "scsi0"}, {"size", "{vm_growth}"}},
                                     .task_types = {"resize"},
                                     .when = "vm_growth"};

inline constexpr Act creation{.method = Method::post,
                              .path = "/nodes/{proxmox_node}/qemu",
                              .form = {{"*", "{vm_creation}"}},
                              .task_types = {"qmcreate"},
                              .when = "vm_creation",
                              .creates = true};

}  // namespace proxmox
