# Makes upstream's lines and ours comparable: what differs by decision or by the moment is levelled.
# SPDX-License-Identifier: GPL-3.0-or-later

def level:
    .source = "proxmox-api"
    # Upstream's ansible path reads the state before the task has ended; ours is compared elsewhere.
    | del(.vm_status)
    | if .vm_uptime then .vm_uptime |= type else . end
    | if .raw_data then .raw_data.data |= (split(":") | .[5:7] | join(":")) else . end
    | if .vm_snapshot_time then .vm_snapshot_time |= type else . end
    | if .vm_snapshot_sha1 then .vm_snapshot_sha1 |= length else . end
    | (.vm_snapshot_name, .vm_snapshot_description) |=
        (if type == "string" then sub("[0-9]{6}-[0-9]{6}$"; "TIME") else empty end);

# VMs whose task failed: upstream prints a line as if it had not.
def failed($tasks):
    [($tasks // [])[] | select(.exitstatus | test("^(OK|RUNNING|WARNINGS|.* already running)") | not) |
        .id];
