// All scenarios, and the recordings that are not replayed with the reason for each.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenarios.h"

#include "scenario_parts.h"

namespace demo_node::replay {

namespace {

constexpr std::string_view another_call = "a call that the stand-in does not know";
constexpr std::string_view laboratory = "a program was missing where it was recorded";
constexpr std::string_view imported = "the stand-in has no images to import";
constexpr std::string_view pending = "changes of a running machine take effect at once here";
constexpr std::string_view hidden_lock = "the lock was held by another program, not by a task";
constexpr std::string_view changed_guest = "the guest had been given another configuration before";
constexpr std::string_view another_token = "it was asked with a token that may do less";
constexpr std::string_view compression = "the stand-in does not compress";
constexpr std::string_view formats = "the stand-in answers in JSON alone";
constexpr std::string_view agent = "the guest agent comes with the factory";
constexpr std::string_view pipelining = "the stand-in answers in order and marks it in its log";
constexpr std::string_view bulk = "tasks on many machines are not played";
constexpr std::string_view web = "the stand-in has no web interface";

constexpr Excuse table[] = {
    {"2-certificates-info-power", another_call},
    {"2-clone-linked-of-linked-tasklog", "its disk was of another size"},
    {"2-create-with-import-*", imported},
    {"2-delete-template-in-use-tasklog", laboratory},
    {"2-disk-config-after", changed_guest},
    {"2-disk-import-*", imported},
    {"2-disk-move*", another_call},
    {"2-disk-unlink", another_call},
    {"2-ha-*", another_call},
    {"2-lxc-clone-full-tasklog", laboratory},
    {"2-lxc-clone-full-taskstatus", laboratory},
    {"2-lxc-config-put-delete", laboratory},
    {"2-lxc-config-put-net0", laboratory},
    {"2-lxc-create-no-template-tasklog", laboratory},
    {"2-lxc-create-no-template-taskstatus", laboratory},
    {"2-lxc-delete-tasklog", hidden_lock},
    {"2-lxc-resume-tasklog", laboratory},
    {"2-lxc-resume-taskstatus", laboratory},
    {"2-lxc-start-tasklog", laboratory},
    {"2-lxc-start-taskstatus", laboratory},
    {"2-qemu-cloudinit-dump-*", another_call},
    {"2-qemu-cloudinit-put", laboratory},
    {"2-qemu-config-100", changed_guest},
    {"2-qemu-config-ci", changed_guest},
    {"2-qemu-config-put-ci-drive", laboratory},
    {"2-qemu-pending-110", changed_guest},
    {"2-qemu-pending-running", changed_guest},
    {"2-qemu-start-for-hotplug-tasklog", laboratory},
    {"2-qemu-start-for-hotplug-taskstatus", laboratory},
    {"2-sdn-apply-again-tasklog", laboratory},
    {"2-sdn-apply-tasklog", laboratory},
    {"2-storage-content-import", changed_guest},
    {"2-storage-download-*", another_call},
    {"2-storage-url-metadata*", another_call},
    {"2-storage-volume-delete-tasklog", another_call},
    {"2-template-config", changed_guest},
    {"2-template-convert-no-disk*",
     "the stand-in looks for a disk when it starts a machine, not before"},
    {"access-*", another_call},
    {"auth-vncproxy", another_call},
    {"cfg-get-after-put", changed_guest},
    {"cfg-get-current-while-pending", pending},
    {"cfg-get-while-pending", pending},
    {"cfg-pending", pending},
    {"cfg-unlink", another_call},
    {"err-access-*", another_call},
    {"err-agent-not-running", agent},
    {"err-auth-termproxy", another_call},
    {"err-lock-timeout-clone*", hidden_lock},
    {"err-lowpriv-config", another_token},
    {"err-lowpriv-storage-content", another_token},
    {"err-proxy-timeout-30s", "a hanging pvedaemon comes with the fault points"},
    {"err-ticket-*", another_call},
    {"get-access", another_call},
    {"get-access-acl", another_call},
    {"get-access-groups", another_call},
    {"get-access-role*", another_call},
    {"get-access-user*", another_call},
    {"get-cap-cpu", another_call},
    {"get-cluster-ha-*", another_call},
    {"get-cluster-log", another_call},
    {"get-cluster-mapping-pci", another_call},
    {"get-cluster-replication", another_call},
    {"get-dns", another_call},
    {"get-node-config", another_call},
    {"get-node-rrddata", another_call},
    {"get-qemu-100-rrddata", another_call},
    {"get-services", another_call},
    {"get-storage-content-volume", another_call},
    {"get-subscription", another_call},
    {"get-time", another_call},
    {"hotplug-net-tasklog", pending},
    {"http-deflate-large", compression},
    {"http-extjs*", formats},
    {"http-get-config-after", changed_guest},
    {"http-gzip-large", compression},
    {"http-gzip-proxied", compression},
    {"http-html", formats},
    {"http-pipelining-*", pipelining},
    {"http-plain-on-tls-port", "the recording has no answer to compare with"},
    {"http-put-json-array", "the stand-in takes lists as text alone"},
    {"http-put-latin1", "the stand-in keeps texts as UTF-8"},
    {"http-root", web},
    {"keepalive-count", "no headers were kept; node.bats counts the requests"},
    {"lowpriv-users", another_call},
    {"lxc-clone-taskstatus", laboratory},
    {"lxc-resume-tasklog", laboratory},
    {"lxc-start-tasklog", laboratory},
    {"lxc-start-taskstatus", laboratory},
    {"snap-config-put", another_call},
    {"startall*", bulk},
    {"stopall*", bulk},
    {"tasks-list-with-warnings",
     "one row is a task started without a token: nobody can do that here"},
    {"vm-config-suspended-todisk", changed_guest},
    {"vm-move-disk-*", another_call},
    {"vm-shutdown-agent-tasklog", agent},
    {"vm-vncproxy", another_call},
    {"vzdump-*", another_call},
};

}  // namespace

const std::vector<Scenario>& scenarios() {
    static const std::vector<Scenario> all = [] {
        std::vector<Scenario> joined;
        for (auto topic :
             {http_scenarios(), reading_scenarios(), power_scenarios(), lock_scenarios(),
              snapshot_scenarios(), creation_scenarios(), firewall_scenarios(),
              collection_scenarios(), container_scenarios(), second_day_scenarios()})
            joined.insert(joined.end(), topic.begin(), topic.end());
        return joined;
    }();
    return all;
}

std::span<const Excuse> excuses() { return table; }

}  // namespace demo_node::replay
