// Have nodes download images onto their storages, checked by the checksum beside the file.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: a subject and two keys of its own.
#include "factory/download.h"
using namespace proxmox;

constexpr Subject a_file{.guest = nullptr,
                         .called = "{iso_file_name} on {proxmox_storage}",
                         .task_id = "{iso_file_name}",
                         .lanes = {"{proxmox_storage}:{iso_file_name}"}};

constexpr Tool download_iso{
    .name = "proxmox_storage.download_iso",
    .action = "storage_download_iso",
    .summary = "have nodes download images onto their storages",
    .example = "range42.plan --templates DIR | proxmox_storage.download_iso",
    .subject = a_file,
    .lines = {.keys = {{"iso_url", Type::text, required},
                       {"proxmox_node", Type::node},
                       {"proxmox_storage", Type::word, required},
                       {"iso_file_content_type", Type::word, required},
                       {"iso_file_name", Type::word, required},
                       {"iso_checksum"},
                       {"iso_checksum_algorithm", Type::word}}},
    .own = {.way = download,
            .acts = true,
            .has_one_task = true,
            .requests = {{Method::post,
                          "/nodes/{proxmox_node}/storage/{proxmox_storage}/download-url"}}},
    .wait = 1800s,
    .prints = {.columns = {{"proxmox_storage", text("{proxmox_storage}")},
                           {"iso_file_content_type", text("{iso_file_content_type}")},
                           {"iso_file_name", text("{iso_file_name}")},
                           {"iso_url", text("{iso_url}")},
                           {"raw_info", json_of("raw_data")}}},
    .words = {"POST download-url", "task {upid} still running after {wait}s"},
    .needs = {{"Datastore.AllocateTemplate", "/storage"}, {"Sys.AccessNetwork", "/nodes"}},
};

int main(int argc, char** argv) { return run(download_iso, argc, argv); }
