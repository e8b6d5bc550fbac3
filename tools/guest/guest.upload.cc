// Put a file into machines, over ssh or through their agents: all of it or nothing.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest.h"
using namespace proxmox;

constexpr GuestStep file{
    .commands = {{.stage = "put the file there",
                  .script = scripts::upload,
                  .limit = 300s,
                  .limit_key = "upload_timeout",
                  .proofs = {"uploaded"}}},
    .uploads = true,
};

constexpr Tool upload{
    .name = "guest.upload",
    .action = "guest_upload",
    .summary = "put a file into machines: all of it or nothing",
    .example = R"(echo '{"vm_id":100}' | guest.wait_ip | guest.upload ./motd /etc/motd)",
    .subject = a_machine,
    .lines = {.keys = {{"file_mode", Type::file_mode}, {"upload_timeout", Type::number}},
              .common = one_guest,
              .settings = {user_setting,
                           port_setting,
                           sudo_setting,
                           {"--mode", "OCTAL", "the file's mode in the guest (0644)", "file_mode",
                            "0644"},
                           {"--upload-timeout", "SECONDS", "how long it may take (300)",
                            "upload_timeout"}}},
    .wait = 60s,
    .prints = {.columns = {{"vm_id", json_of("vm_id"), ""},
                           {"vm_ip", text("{vm_ip}"), ""},
                           {"uploaded", text("{uploaded}")}},
               .carries = true},
    .operands = {"FILE TARGET"},
    .choices = {through_agent},
};

int main(int argc, char** argv) { return run_in_guest(upload, file, argc, argv); }
