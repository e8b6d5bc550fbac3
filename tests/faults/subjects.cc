// The tools under test: what each asks of the node, and what a line for it looks like.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: one table, to be read in one piece.
#include "subjects.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "cases.h"
#include "file_server.h"

namespace faults {
namespace {

constexpr long clone_distance = 100'000;
constexpr long first_container_id = 200;
constexpr int lock_tries = 6;
constexpr const char* printed_ids[] = {R"("vm_id":"{}")", R"("vm_id":{},)", R"("vm_id":{}}})"};
constexpr std::string_view one_snapshot = R"({"vm_id":@,"vm_snapshot_name":"clean"})";
constexpr std::string_view status = "/qemu/@/status/current";
constexpr std::string_view config = "/qemu/@/config";

constexpr Subject power(std::string_view program, std::string_view act, bool on_running = true,
                        bool is_so_already = false) {
    return {.program = program,
            .method = "POST",
            .act = act,
            .read = status,
            .on_running = on_running,
            .is_so_already = is_so_already};
}

constexpr Subject table[] = {
    power("proxmox_vm.start", "/qemu/@/status/start", false),
    power("proxmox_vm.stop", "/qemu/@/status/shutdown"),
    power("proxmox_vm.stop_force", "/qemu/@/status/stop"),
    power("proxmox_vm.pause", "/qemu/@/status/suspend"),
    power("proxmox_vm.resume", "/qemu/@/status/resume", true, true),
    {.program = "proxmox_vm.reboot",
     .method = "POST",
     .act = "/qemu/@/status/reboot",
     .read = status,
     .on_running = true,
     .needs_own_task = true},
    {.program = "proxmox_lxc.start",
     .method = "POST",
     .act = "/lxc/@/status/start",
     .read = "/lxc/@/status/current",
     .on_containers = true},
    {.program = "proxmox_vm.delete", .method = "DELETE", .act = "/qemu/@"},
    {.program = "proxmox_snapshot_vm.create_snapshot", .method = "POST", .act = "/qemu/@/snapshot"},
    {.program = "proxmox_snapshot_vm.delete_snapshot",
     .line = one_snapshot,
     .method = "DELETE",
     .act = "/qemu/@/snapshot/clean",
     .read = status,
     .on_snapshot = true},
    {.program = "proxmox_snapshot_vm.revert_snapshot",
     .line = one_snapshot,
     .method = "POST",
     .act = "/qemu/@/snapshot/clean/rollback",
     .read = status,
     .on_snapshot = true,
     .needs_own_task = true},
    {.program = "proxmox_vm.create",
     .line = R"({"vm_id":@,"vm_name":"vm-@","vm_disk_storage":"local"})",
     .method = "POST",
     .act = "/qemu",
     .form = "vmid=@(&|$)",
     .read = config,
     .on_nothing = true,
     .takes_names = true},
    {.program = "proxmox_vm.clone",
     .line =
         R"({"vm_id":@,"vm_new_id":#,"vm_name":"c-@","vm_full_clone":1,"vm_disk_storage":"s@"})",
     .method = "POST",
     .act = "/qemu/@/clone",
     .read = "/qemu/#/config",
     .on_own_storage = true,
     .prints_clone = true,
     .tries_at_lock = lock_tries},
    {.program = "proxmox_vm.set_config",
     .line = R"({"vm_id":@,"vm_config":{"cores":2}})",
     .method = "PUT",
     .act = config,
     .read = config},
    {.program = "proxmox_vm.set_tag",
     .line = R"({"vm_id":@,"vm_tag_name":"t@"})",
     .method = "PUT",
     .act = config,
     .arguments = "--carry",
     .tries_at_lock = lock_tries},
    {.program = "proxmox_vm.configure",
     .line = R"({"vm_id":@,"vm_cores":3})",
     .method = "PUT",
     .act = config,
     .read = config,
     .tries_at_lock = lock_tries},
    {.program = "proxmox_template.set_cloudinit_variables",
     .line = R"({"vm_id":@,"vm_ci_ssh_key":"ssh-ed25519 AAAA"})",
     .method = "PUT",
     .act = "/qemu/@/cloudinit",
     .tries_at_lock = lock_tries},
    {.program = "proxmox_template.convert_to_template",
     .method = "POST",
     .act = "/qemu/@/template",
     .tries_at_lock = lock_tries},
    {.program = "proxmox_storage.import_cloudinit_image_to_vm",
     .line = R"({"vm_id":@,"cloudinit_image_full_path":"local:import/x.raw","vm_disk_size":2})",
     .method = "PUT",
     .act = "/qemu/@/resize",
     .read = config,
     .puts_by_task = true,
     .tries_at_lock = lock_tries},
    {.program = "proxmox_vm.set_boot_order",
     .line = R"({"vm_id":@,"vm_boot_order":"scsi0"})",
     .method = "PUT",
     .act = config,
     .read = config},
    {.program = "proxmox_template.promote",
     .line = R"({"vm_id":@,"template_recipe":{"os":"x"}})",
     .method = "POST",
     .act = "/qemu/@/template"},
    {.program = "proxmox_firewall_vm.add_alias",
     .line = R"({"vm_id":@,"vm_fw_alias_name":"a@","vm_fw_alias_cidr":"10.0.0.0/8"})",
     .method = "POST",
     .act = "/qemu/@/firewall/aliases",
     .is_proven = true},
    {.program = "proxmox_cluster.set_tag_color",
     .line = R"({"proxmox_cluster_color_mapping":"color-map=number@:ff0000"})",
     .method = "PUT",
     .act = "/cluster/options",
     .form = "number@[^0-9]",
     .takes_names = true,
     .is_serial = true,
     .marked = "number"},
    {.program = "proxmox_storage.download_iso",
     .line = R"({"proxmox_storage":"local","iso_file_content_type":"iso",)"
             R"("iso_checksum":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",)"
             R"("iso_url":"http://127.0.0.1:~/x.iso","iso_file_name":"number@.iso"})",
     .method = "POST",
     .act = "/storage/local/download-url",
     .form = "number@[^0-9]",
     .takes_names = true,
     .marked = "number"},
    {.program = "proxmox_vm.get_config", .read = config},
    {.program = "proxmox_network_vm.list_interfaces", .read = config},
    {.program = "proxmox_snapshot_vm.list_snapshot",
     .read = "/qemu/@/snapshot",
     .on_snapshot = true},
    {.program = "proxmox_vm.list_vm_and_extract_vm_name"},
    {.program = "proxmox_template.lookup",
     .line = R"({"vm_id":@,"template_recipe":{"os":"x"}})",
     .takes_names = true},
    {.program = "proxmox_vm.lookup", .read = status, .takes_names = true},
};

constexpr Subject listing_table[] = {
    {.program = "proxmox_node.list", .line = "", .prints_others = true},
    {.program = "proxmox_storage.list", .line = "", .prints_others = true},
    {.program = "proxmox_network_node.list_bridges", .line = "", .prints_others = true},
    {.program = "proxmox_lxc.list", .line = "", .on_containers = true},
    {.program = "proxmox_sdn.apply",
     .line = "",
     .method = "PUT",
     .act = "/cluster/sdn",
     .prints_others = true,
     .puts_by_task = true},
    {.program = "proxmox_vm.list", .line = ""},
    {.program = "proxmox_vm.sync", .line = ""},
};

constexpr Subject agent_table[] = {
    {.program = "guest.run",
     .method = "POST",
     .act = "/qemu/@/agent/exec",
     .arguments = "--agent -- true",
     .on_agent = true},
    {.program = "guest.upload",
     .method = "POST",
     .act = "/qemu/@/agent/exec",
     .arguments = "--agent /etc/os-release /etc/motd",
     .on_agent = true},
    {.program = "guest.wait_ip",
     .read = "/qemu/@/agent/network-get-interfaces",
     .arguments = "--timeout 20",
     .on_agent = true},
};

constexpr Subject later_table[] = {
    {.program = "proxmox_task.log",
     .read = "/tasks/UPID[^/]*:@:[^/]*/log",
     .maker = "proxmox_vm.start",
     .made = "\"upid\"",
     .is_serial = true},
    {.program = "proxmox_task.wait",
     .read = status,
     .maker = "proxmox_vm.start",
     .made = "\"upid\""},
    {.program = "range42-undo",
     .method = "DELETE",
     .act = "/qemu/@",
     .on_nothing = true,
     .maker = "proxmox_vm.create",
     .made = "\"done\"",
     .is_serial = true},
};

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

std::string filled(std::string_view text, long vm_id) {
    std::string out;
    for (const char byte : text) {
        if (byte == '@')
            out += std::to_string(vm_id);
        else if (byte == '#')
            out += std::to_string(vm_id + clone_distance);
        else if (byte == '~')
            out += std::to_string(file_server_port());
        else
            out += byte;
    }
    return out;
}

}  // namespace

std::span<const Subject> subjects() { return table; }
std::span<const Subject> listing_subjects() { return listing_table; }
std::span<const Subject> agent_subjects() { return agent_table; }
std::span<const Subject> later_subjects() { return later_table; }

std::vector<const Subject*> single_subjects() {
    std::vector<const Subject*> all;
    for (const auto& some : {subjects(), listing_subjects(), agent_subjects()})
        for (const Subject& subject : some) all.push_back(&subject);
    return all;
}

std::string Subject::line_for(long vm_id) const { return filled(line, vm_id); }

bool Subject::is_change(const Seen& seen) const {
    return changes() && seen.method == method && seen.path.ends_with(filled(act, seen.vm_id));
}

long Subject::id_of(const Seen& seen) const {
    const std::size_t at = seen.body.find(marked);
    if (marked.empty() || at == std::string::npos) return seen.vm_id;
    return std::atol(seen.body.c_str() + at + marked.size());
}

bool Subject::prints(std::string_view output, long vm_id) const {
    const long id = printed_id(vm_id);
    if (!marked.empty()) {
        const std::string mark = fmt::format("{}{}", marked, id);
        const std::size_t end = output.find(mark) + mark.size();
        return output.find(mark) != output.npos && (end >= output.size() || !is_digit(output[end]));
    }
    return std::ranges::any_of(printed_ids, [&](const char* printed) {
        return output.find(fmt::format(fmt::runtime(printed), id)) != output.npos;
    });
}

long Subject::changes_for(int lines) const {
    if (!changes()) return 0;
    return takes_lines() ? lines : 1;
}

long Subject::first_id() const { return on_containers ? first_container_id : first_vm_id; }

long Subject::printed_id(long vm_id) const { return prints_clone ? vm_id + clone_distance : vm_id; }

std::string Subject::where_act(long vm_id) const {
    std::string where = fmt::format(" method={} path={}$", method, filled(act, vm_id));
    if (!form.empty()) where += " form=" + filled(form, vm_id);
    return where;
}

std::string Subject::where_read(long vm_id) const {
    const std::string_view path = read.empty() ? "/qemu" : read;
    return fmt::format(" method=GET path={}$", filled(path, vm_id));
}

std::string Subject::where_any_act() const {
    std::string path;
    for (const char byte : act) byte == '@' ? path += "[0-9]+" : path += byte;
    return fmt::format(" method={} path={}$", method, path);
}

std::vector<std::string> Subject::words() const {
    std::vector<std::string> all;
    for (std::size_t at = 0; at < arguments.size();) {
        const std::size_t end = std::min(arguments.find(' ', at), arguments.size());
        all.emplace_back(arguments.substr(at, end - at));
        at = end + 1;
    }
    return all;
}

std::vector<std::string> Subject::node_options(int vms) const {
    const int machines = on_nothing || on_containers ? 0 : vms;
    std::vector<std::string> options{
        "--plain", "--vms", std::to_string(machines), "--refusal-ms", "10", "--task-ms", "20"};
    if (on_containers) options.insert(options.end(), {"--containers", std::to_string(vms)});
    if (on_running || on_agent) options.emplace_back("--running");
    if (on_agent) options.emplace_back("--agents");
    if (on_snapshot) options.insert(options.end(), {"--snapshot", "clean"});
    if (on_own_storage) {
        std::string storages = "local";
        for (int vm = 0; vm < vms; ++vm) storages += fmt::format(",s{}", first_vm_id + vm);
        options.insert(options.end(), {"--storages", storages});
    }
    return options;
}

}  // namespace faults
