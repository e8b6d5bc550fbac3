// Install docker in machines and prove that its daemon answers.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "guest/installation.h"
using namespace proxmox;

constexpr GuestStep installation{
    .commands = {with_service("install docker",
                              {"docker", "docker", "docker.io", "docker", "docker"}),
                 {.stage = "reach the docker daemon",
                  .script = scripts::docker_answers,
                  .limit = 60s,
                  .limit_key = "daemon_timeout",
                  .repeat = Repeat::until_ready,
                  .proofs = {"docker_version"},
                  .advice = "what does /var/log/docker.log in the guest say"}},
};

constexpr Tool install{
    .name = "docker.install",
    .action = "docker_install",
    .summary = "install docker in machines and prove that its daemon answers",
    .example = R"(echo '{"vm_id":100}' | guest.wait_ip | docker.install)",
    .subject = a_machine,
    .lines = {.keys = {{"install_timeout", Type::number}, {"daemon_timeout", Type::number}},
              .common = one_guest,
              .settings = {user_setting,
                           port_setting,
                           sudo_setting,
                           packages_setting,
                           {"--daemon-timeout", "SECONDS", "until the daemon answers (60)",
                            "daemon_timeout"}}},
    .wait = 60s,
    .prints = {.columns = {{"vm_ip", text("{vm_ip}")},
                           {"docker_version", text("{docker_version}")}},
               .carries = true},
};

int main(int argc, char** argv) { return run_in_guest(install, installation, argc, argv); }
