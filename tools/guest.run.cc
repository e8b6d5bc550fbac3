// Run a program in machines, over ssh.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest.h"
using namespace proxmox;

constexpr GuestStep program{
    .commands = {{.stage = "run the program", .limit = 60s, .limit_key = "run_timeout"}},
    .runs_operands = true,
};

constexpr Action run_program{
    .tool = "guest.run",
    .name = "guest_run",
    .summary = "run a program in machines over ssh; its arguments stay what they are",
    .input = with(one_guest, {{"run_timeout", Type::number}}),
    .wait = 60s,
    .operand = "PROGRAM [ARGUMENT]...",
    .settings = {user_setting,
                 port_setting,
                 sudo_setting,
                 {"--run-timeout", "SECONDS", "how long the program may run (60)", "run_timeout"}},
    .carries = true,
    .output = {{"vm_ip", "{vm_ip}"},
               {"run_status", "={run_status}"},
               {"run_output", "{run_output}", R"("")"},
               {"run_errors", "{run_errors}", R"("")"},
               {"run_output_cut", "={run_output_cut}", ""}},
    .example = R"(echo '{"vm_id":100}' | guest.wait_ip | guest.run -- sh -c 'uname -a; df /')",
};

int main(int argc, char** argv) { return run_in_guest(run_program, program, argc, argv); }
