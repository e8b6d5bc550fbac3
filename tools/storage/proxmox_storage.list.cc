// List the storages of one or more nodes, sorted by their names.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tool/tool.h"
using namespace proxmox;

constexpr Column columns[]{{"storage_name", "storage"},
                           {"storage_type", "type"},
                           {"storage_active", "active", "-1"},
                           {"storage_content_types", "content", "-1"},
                           {"storage_is_enable", "enabled", "-1"},
                           {"storage_is_share", "shared", "-1"},
                           {"storage_space_available", "avail", "-1"},
                           {"storage_space_total", "total", "-1"},
                           {"storage_space_used", "used", "-1"},
                           {"storage_space_used_fraction", "used_fraction", "-1"}};

constexpr Tool list{
    .name = "proxmox_storage.list",
    .action = "storage_list",
    .summary = "list storages",
    .example = "proxmox_storage.list local",
    .subject = a_node,
    .plain = {.reading = {.path = "/nodes/{proxmox_node}/storage", .once = true}},
    .prints = {.rows = Rows::every,
               .columns = columns,
               .order = {.field = "storage", .by = Order::By::text},
               .filter = "storage_name",
               .text = "[storage_list] {storage_name}\t{storage_type}\t{storage_content_types}"},
    .words = {"GET storage list"},
    .needs = {{"Datastore.Audit", "/storage"}},
};

int main(int argc, char** argv) { return run(list, argc, argv); }
