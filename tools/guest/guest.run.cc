// Run a program in machines, over ssh or through their agents.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest.h"
using namespace proxmox;

constexpr GuestStep program{
    .commands = {{.stage = "run the program", .limit = 60s, .limit_key = "run_timeout"}},
    .runs_operands = true,
    .input_key = "input_file",
};

constexpr Tool run_program{
    .name = "guest.run",
    .action = "guest_run",
    .summary = "run a program in machines, over ssh or through their agents",
    .example = R"(echo '{"vm_id":100}' | guest.wait_ip | guest.run -- sh -c 'uname -a; df /')",
    .subject = a_machine,
    .lines = {.keys = {{"run_timeout", Type::number}},
              .common = one_guest,
              .settings = {user_setting,
                           port_setting,
                           sudo_setting,
                           {"--input", "FILE", "its stdin, up to 45 KiB (else: none)",
                            "input_file"},
                           {"--run-timeout", "SECONDS", "how long the program may run (60)",
                            "run_timeout"}}},
    .wait = 60s,
    .prints = {.columns = {{"vm_id", json_of("vm_id"), ""},
                           {"vm_ip", text("{vm_ip}"), ""},
                           {"run_status", json_of("run_status")},
                           {"run_output", text("{run_output}"), R"("")"},
                           {"run_errors", text("{run_errors}"), R"("")"},
                           {"run_output_cut", json_of("run_output_cut"), ""}},
               .carries = true},
    .operands = {"PROGRAM [ARGUMENT]..."},
    .choices = {through_agent},
};

int main(int argc, char** argv) { return run_in_guest(run_program, program, argc, argv); }
