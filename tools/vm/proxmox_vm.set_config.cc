// Set keys of virtual machines' configurations.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "factory/creation.h"
using namespace proxmox;

constexpr Tool set_config{
    .name = "proxmox_vm.set_config",
    .action = "vm_set_config",
    .summary = "set keys of virtual machines' configurations",
    .example = R"(echo '{"vm_id":100,"vm_config":{"memory":4096}}' | proxmox_vm.set_config)",
    .lines = {.keys = {{"vm_config", Type::object}},
              .common = one_vm_to_harm,
              .settings = {{"--set", "KEY=VALUE",
                            "in place of the line's vm_config; may be repeated", "vm_config", "",
                            true}}},
    .guard = Guard::on_request,
    .plain = {.looks = {{.prepare = compose_changes}},
              .changes = {changes_of_machine},
              .reading = {.path = "{guest}/config"}},
    .wait = 30s,
    .prints = {.columns = {{"vm_id", json_of("vm_id")},
                           {"vm_name", "name", ""},
                           {"vm_config", json_of("vm_changes")}},
               .carries = true},
    .words = {"PUT config"},
    .needs = {{"VM.Config.Options"}, {"VM.Audit"}},
};

int main(int argc, char** argv) { return run(set_config, argc, argv); }
