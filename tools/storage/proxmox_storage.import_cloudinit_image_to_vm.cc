// Give virtual machines disks made of downloaded cloud images, as large as is wanted.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/import_image.h"
using namespace proxmox;

constexpr Tool import_cloudinit_image{
    .name = "proxmox_storage.import_cloudinit_image_to_vm",
    .action = "template_cloudinit_import_disk",
    .summary = "give virtual machines disks made of downloaded cloud images",
    .example = "range42.plan --templates DIR | proxmox_storage.import_cloudinit_image_to_vm",
    .lines = {.keys = {{"vm_id", Type::vm_id, required},
                       {"proxmox_node", Type::node},
                       {"cloudinit_image_full_path", Type::text, required},
                       {"vm_disk_size"},
                       {"vm_disk_storage", Type::word},
                       {"dest_proxmox_storage", Type::word},
                       {"proxmox_dest_vm_storage_name", Type::word}}},
    .own = {.way = import_image,
            .acts = true,
            .requests = {{Method::get, "{guest}/config"},
                         {Method::get, "/nodes/{proxmox_node}/storage?content=import&enabled=1"},
                         {Method::post, "{guest}/config"},
                         {Method::put, "{guest}/resize"}}},
    .wait = 1800s,
    .prints = {.columns = {{"vm_id", text("{vm_id}")}, {"vm_scsi0", "scsi0"}}},
    .words = {"POST config", "task {upid} still running after {wait}s"},
    .needs = {{"VM.Config.Disk"},
              {"VM.Config.Options"},
              {"Datastore.AllocateSpace", "/storage"},
              {"Datastore.Audit", "/storage"},
              {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(import_cloudinit_image, argc, argv); }
