// Run a program in machines, over ssh or through their agents.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/guest.h"
using namespace proxmox;

constexpr GuestStep program{
    .commands = {{.stage = "run the program", .limit = 60s, .limit_key = "run_timeout"}},
    .runs_operands = true,
    .input_key = "input_file",
};

constexpr Action run_program{
    .tool = "guest.run",
    .name = "guest_run",
    .summary = "run a program in machines, over ssh or through their agents",
    .input = with(one_guest, {{"run_timeout", Type::number}}),
    .wait = 60s,
    .operand = "PROGRAM [ARGUMENT]...",
    .choices = {through_agent},
    .settings = {user_setting,
                 port_setting,
                 sudo_setting,
                 {"--input", "FILE", "its stdin, up to 45 KiB (else: none)", "input_file"},
                 {"--run-timeout", "SECONDS", "how long the program may run (60)", "run_timeout"}},
    .carries = true,
    .output = {{"vm_id", "={vm_id}", ""},
               {"vm_ip", "{vm_ip}", ""},
               {"run_status", "={run_status}"},
               {"run_output", "{run_output}", R"("")"},
               {"run_errors", "{run_errors}", R"("")"},
               {"run_output_cut", "={run_output_cut}", ""}},
    .example = R"(echo '{"vm_id":100}' | guest.wait_ip | guest.run -- sh -c 'uname -a; df /')",
};

int main(int argc, char** argv) { return run_in_guest(run_program, program, argc, argv); }
