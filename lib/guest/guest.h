// A GuestStep is what a tool does inside a machine, written down as a value: scripts and proofs.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the whole vocabulary of a step, to be read in one piece.
#pragma once

#include <chrono>
#include <string_view>

#include "base/list.h"
#include "guest_scripts.h"
#include "tool/tool.h"

namespace proxmox {

/// Whether a script that ends with status 75 is run again until its time is up.
enum class Repeat : bool { never, until_ready };

/// One script that runs in the guest over ssh, in a POSIX shell of its own.
struct GuestCommand {
    /// What is being done, for messages: "look for the disk".
    std::string_view stage{};
    /// Its text never changes: values come as "$1", "$2"...
    std::string_view script{};
    /// Templates over the record: "{vm_disk}".
    List<std::string_view> arguments{};
    /// Runs in the guest on every way out, with the same arguments.
    std::string_view cleanup{};
    /// The step's secret is the first line of the script's stdin, empty where there is none.
    bool wants_secret = false;
    seconds limit{};
    /// The key whose number of seconds takes the limit's place.
    std::string_view limit_key{};
    Repeat repeat = Repeat::never;
    /// The script has failed, whatever its status, unless it prints "KEY VALUE" for each of these;
    /// the values go into the record.
    List<std::string_view> proofs{};
    /// Left out for lines that lack this key.
    std::string_view needs{};
    /// What to look at when it fails.
    std::string_view advice{};
};

/// Scripts one after another. Every step first waits until the guest takes a login.
struct GuestStep {
    List<GuestCommand> commands{};
    /// The option's key that names the file with the secret.
    std::string_view secret_key{};
    bool needs_secret = false;
    /// A line whose flag of this key is set has what the step would bring: it is passed on.
    std::string_view done_by{};
    /// A line with this key forgets which host keys were known. A step that can is there for the
    /// login itself.
    std::string_view forgets_key{};
    /// The key of a proof that holds the host keys which count from now on.
    std::string_view host_keys{};
    /// What the option says, if anything: the words that the user wants run.
    bool runs_operands = false;
    /// stdin is the file that the first operand names.
    bool uploads = false;
    /// The option's key that names the file which becomes the program's stdin.
    std::string_view input_key{};
};

inline constexpr int not_yet_status = 75;

// What every tool that logs in understands: which machine, as whom, through which port.
inline constexpr Input one_guest[]{
    {"vm_ip", Type::host, required}, {"vm_id", Type::vm_id},        {"vm_name", Type::text},
    {"vm_uuid", Type::uuid},         {"vm_mac", Type::text},        {"proxmox_node", Type::node},
    {"vm_user", Type::user_name},    {"vm_ssh_port", Type::number}, {"vm_sudo", Type::number},
    {"vm_ssh_name", Type::host_name}};

/// A machine as ssh reaches it. Lines may know it by its id or by its address.
inline constexpr Subject a_machine{.lanes = {"{vm_id}", "{vm_ip} port {vm_ssh_port}"}};

inline constexpr Setting user_setting{"--user", "NAME",
                                      "log in as this user (else: ssh's own choice)", "vm_user"};
inline constexpr Setting port_setting{"--port", "NUMBER", "sshd's port (else: ssh's own choice)",
                                      "vm_ssh_port"};
inline constexpr Setting sudo_setting{"--sudo", "", "run as root by sudo, which may ask nothing",
                                      "vm_sudo"};

inline constexpr std::string_view agent_choice = "--agent";
inline constexpr Choice through_agent{agent_choice, "through the QEMU guest agent, without ssh"};

/// Runs the tool: the only thing that the main of a tool with a step does.
[[gnu::visibility("default")]] int run_in_guest(const Tool& tool, const GuestStep& step, int argc,
                                                char** argv);

/// Asks the node's agent until the machine has an address.
[[gnu::visibility("default")]] int await_address(const Tool& tool, int argc, char** argv);

}  // namespace proxmox
