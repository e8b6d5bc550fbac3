// The table of all calls that the stand-in understands.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the table of all calls is read in one piece.
#include "calls/calls.h"
#include "model/config_keys.h"

namespace demo_node {

namespace {

constexpr std::size_t max_snapshot_name = 40;

constexpr std::string_view audit[] = {"VM.Audit"};
constexpr std::string_view power[] = {"VM.PowerMgmt"};
constexpr std::string_view allocate[] = {"VM.Allocate"};
constexpr std::string_view snapshot[] = {"VM.Snapshot"};
constexpr std::string_view rollback[] = {"VM.Snapshot", "VM.Snapshot.Rollback"};
constexpr std::string_view snapshot_read[] = {"VM.Snapshot", "VM.Snapshot.Rollback", "VM.Audit"};
constexpr std::string_view agent_audit[] = {"VM.GuestAgent.Audit", "VM.GuestAgent.Unrestricted"};
constexpr std::string_view agent_unrestricted[] = {"VM.GuestAgent.Unrestricted"};
constexpr std::string_view agent_write[] = {"VM.GuestAgent.FileWrite",
                                            "VM.GuestAgent.Unrestricted"};
constexpr std::string_view agent_read[] = {"VM.GuestAgent.FileRead", "VM.GuestAgent.Unrestricted"};
constexpr std::string_view system_audit[] = {"Sys.Audit"};

constexpr Field full[] = {{.name = "full", .type = Type::boolean}};
constexpr Field resource_type[] = {{.name = "type", .choices = "vm, storage, node, sdn"}};
constexpr Field next_id[] = {{.name = "vmid", .type = Type::integer, .format = Format::vmid}};
constexpr Field permission_query[] = {{.name = "path"}, {.name = "userid"}};
constexpr Field storage_query[] = {{.name = "content"},
                                   {.name = "enabled", .type = Type::boolean},
                                   {.name = "format", .type = Type::boolean},
                                   {.name = "storage"},
                                   {.name = "target", .format = Format::node}};
constexpr Field feature_query[] = {
    {.name = "feature", .required = true, .choices = "snapshot, clone, copy"},
    {.name = "snapname", .format = Format::config_id, .max_length = max_snapshot_name}};
constexpr Field config_query[] = {
    {.name = "current", .type = Type::boolean},
    {.name = "snapshot", .format = Format::config_id, .max_length = max_snapshot_name}};

constexpr Field skip_lock{.name = "skiplock", .type = Type::boolean, .root_only = true};
constexpr Field timeout{.name = "timeout", .type = Type::integer, .minimum = 0};
constexpr Field migrated_from{.name = "migratedfrom", .root_only = true, .format = Format::node};
constexpr Field keep_active{.name = "keepActive", .type = Type::boolean, .root_only = true};

constexpr Field start_fields[] = {skip_lock,
                                  timeout,
                                  migrated_from,
                                  {.name = "force-cpu", .root_only = true},
                                  {.name = "machine"},
                                  {.name = "migration_network", .root_only = true},
                                  {.name = "migration_type", .root_only = true},
                                  {.name = "nets-host-mtu", .root_only = true},
                                  {.name = "stateuri", .root_only = true},
                                  {.name = "targetstorage", .root_only = true},
                                  {.name = "with-conntrack-state", .type = Type::boolean}};
constexpr Field stop_fields[] = {skip_lock,
                                 timeout,
                                 migrated_from,
                                 keep_active,
                                 {.name = "overrule-shutdown", .type = Type::boolean}};
constexpr Field shutdown_fields[] = {
    skip_lock, timeout, keep_active, {.name = "forceStop", .type = Type::boolean}};
constexpr Field reboot_fields[] = {timeout};
constexpr Field reset_fields[] = {skip_lock};
constexpr Field suspend_fields[] = {
    skip_lock, {.name = "todisk", .type = Type::boolean}, {.name = "statestorage"}};
constexpr Field resume_fields[] = {skip_lock, {.name = "nocheck", .type = Type::boolean}};
constexpr Field destroy_fields[] = {skip_lock,
                                    {.name = "purge", .type = Type::boolean},
                                    {.name = "destroy-unreferenced-disks", .type = Type::boolean}};

constexpr std::string_view clone[] = {"VM.Clone"};
constexpr std::string_view config_disk[] = {"VM.Config.Disk"};
constexpr std::string_view configure[] = {
    "VM.Config.Disk",    "VM.Config.CDROM",  "VM.Config.CPU",     "VM.Config.Memory",
    "VM.Config.Network", "VM.Config.HWType", "VM.Config.Options", "VM.Config.Cloudinit"};
constexpr Field clone_fields[] = {
    {.name = "newid", .type = Type::integer, .required = true, .format = Format::vmid},
    {.name = "name", .format = Format::dns_name},
    {.name = "description"},
    {.name = "full", .type = Type::boolean},
    {.name = "format", .choices = "raw, qcow2, vmdk"},
    {.name = "pool"},
    {.name = "storage"},
    {.name = "target", .format = Format::node},
    {.name = "snapname", .format = Format::config_id, .max_length = max_snapshot_name},
    {.name = "bwlimit", .type = Type::integer, .minimum = 0}};
constexpr Field template_fields[] = {{.name = "disk"}};
constexpr Field resize_fields[] = {skip_lock,
                                   {.name = "disk", .required = true},
                                   {.name = "size", .required = true},
                                   {.name = "digest"}};

constexpr Field agent_exec_fields[] = {{.name = "command", .type = Type::list, .required = true},
                                       {.name = "input-data", .max_length = 65'536}};
constexpr Field agent_exec_status_fields[] = {
    {.name = "pid", .type = Type::integer, .required = true}};
constexpr Field agent_file_write_fields[] = {
    {.name = "content", .required = true, .max_length = 61'440},
    {.name = "encode", .type = Type::boolean},
    {.name = "file", .required = true}};

constexpr Field agent_file_read_fields[] = {
    {.name = "file", .required = true},
    {.name = "decode", .type = Type::boolean},
    {.name = "count", .type = Type::integer, .minimum = 1},
    {.name = "offset", .type = Type::integer, .minimum = 0}};

constexpr Field create_snapshot_fields[] = {{.name = "snapname",
                                             .required = true,
                                             .format = Format::config_id,
                                             .max_length = max_snapshot_name},
                                            {.name = "description"},
                                            {.name = "vmstate", .type = Type::boolean}};
constexpr Field delete_snapshot_fields[] = {{.name = "force", .type = Type::boolean}};
constexpr Field rollback_fields[] = {{.name = "start", .type = Type::boolean}};

constexpr Field limit{.name = "limit", .type = Type::integer, .minimum = 0};
constexpr Field first{.name = "start", .type = Type::integer, .minimum = 0};
constexpr Field task_list_fields[] = {
    limit,
    first,
    {.name = "source", .choices = "archive, active, all"},
    {.name = "errors", .type = Type::boolean},
    {.name = "since", .type = Type::integer},
    {.name = "until", .type = Type::integer},
    {.name = "vmid", .type = Type::integer, .format = Format::vmid},
    {.name = "typefilter"},
    {.name = "userfilter"},
    {.name = "statusfilter", .format = Format::task_status_list}};
constexpr Field task_log_fields[] = {limit, first, {.name = "download", .type = Type::boolean}};

constexpr std::string_view vm_path = "/vms/{vmid}";
constexpr bool forwarded = true;
constexpr bool local = false;
constexpr bool waits_for_lock = true;

const Route table[] = {
    {"GET", "/", api_index},
    {"GET", "/version", version},
    {"GET", "/access/permissions", permissions, local, {}, permission_query},
    {"GET", "/cluster/nextid", cluster_next_id, local, {}, next_id},
    {"GET", "/cluster/resources", cluster_resources, local, {}, resource_type},
    {"GET", "/cluster/status", cluster_status, forwarded, {"/", system_audit}},
    {"GET", "/cluster/tasks", cluster_tasks},
    {"GET", "/pools", pool_list},
    {"GET", "/nodes", node_list},
    {"GET", "/nodes/{node}/version", version},
    {"GET", "/nodes/{node}/status", node_status, local, {"/nodes/{node}", system_audit}},
    {"GET", "/nodes/{node}/storage", node_storage, forwarded, {}, storage_query},

    {"GET", "/nodes/{node}/qemu", vm_list, forwarded, {}, full},
    {"POST", "/nodes/{node}/qemu", vm_create, forwarded, {vm_path, allocate}, creation_fields()},
    {"GET", "/nodes/{node}/qemu/{vmid}", vm_index},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/clone",
     vm_clone,
     forwarded,
     {vm_path, clone},
     clone_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/template",
     vm_template,
     forwarded,
     {vm_path, allocate},
     template_fields},
    {"PUT",
     "/nodes/{node}/qemu/{vmid}/resize",
     vm_resize,
     forwarded,
     {vm_path, config_disk},
     resize_fields},
    {"PUT",
     "/nodes/{node}/qemu/{vmid}/config",
     vm_config_put,
     forwarded,
     {vm_path, configure},
     config_fields(),
     waits_for_lock},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/config",
     vm_config_post,
     forwarded,
     {vm_path, configure},
     config_fields()},
    {"DELETE",
     "/nodes/{node}/qemu/{vmid}",
     vm_destroy,
     forwarded,
     {vm_path, allocate},
     destroy_fields},
    {"GET", "/nodes/{node}/qemu/{vmid}/config", vm_config, local, {vm_path, audit}, config_query},
    {"GET",
     "/nodes/{node}/qemu/{vmid}/feature",
     vm_feature,
     forwarded,
     {vm_path, audit},
     feature_query},
    {"GET", "/nodes/{node}/qemu/{vmid}/status", vm_status_index},
    {"GET", "/nodes/{node}/qemu/{vmid}/status/current", vm_current, forwarded, {vm_path, audit}},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/start",
     vm_start,
     forwarded,
     {vm_path, power},
     start_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/stop",
     vm_stop,
     forwarded,
     {vm_path, power},
     stop_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/shutdown",
     vm_shutdown,
     forwarded,
     {vm_path, power},
     shutdown_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/reboot",
     vm_reboot,
     forwarded,
     {vm_path, power},
     reboot_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/reset",
     vm_reset,
     forwarded,
     {vm_path, power},
     reset_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/suspend",
     vm_suspend,
     forwarded,
     {vm_path, power},
     suspend_fields},
    // Seen: this one call waits for the lock itself, and goes on when it does not get it.
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/resume",
     vm_resume,
     forwarded,
     {vm_path, power},
     resume_fields,
     waits_for_lock},

    {"GET", "/nodes/{node}/qemu/{vmid}/snapshot", snapshot_list, forwarded, {vm_path, audit}},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/snapshot",
     snapshot_create,
     forwarded,
     {vm_path, snapshot},
     create_snapshot_fields},
    {"GET", "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}", snapshot_index},
    {"DELETE",
     "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}",
     snapshot_delete,
     forwarded,
     {vm_path, snapshot},
     delete_snapshot_fields},
    {"GET",
     "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config",
     snapshot_config,
     local,
     {vm_path, snapshot_read}},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback",
     snapshot_rollback,
     forwarded,
     {vm_path, rollback},
     rollback_fields},

    {"POST", "/nodes/{node}/qemu/{vmid}/agent/ping", agent_ping, forwarded, {vm_path, agent_audit}},
    {"GET",
     "/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces",
     agent_interfaces,
     forwarded,
     {vm_path, agent_audit}},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/agent/exec",
     agent_exec,
     forwarded,
     {vm_path, agent_unrestricted},
     agent_exec_fields},
    {"GET",
     "/nodes/{node}/qemu/{vmid}/agent/exec-status",
     agent_exec_status,
     forwarded,
     {vm_path, agent_unrestricted},
     agent_exec_status_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/agent/file-write",
     agent_file_write,
     forwarded,
     {vm_path, agent_write},
     agent_file_write_fields},
    {"GET",
     "/nodes/{node}/qemu/{vmid}/agent/file-read",
     agent_file_read,
     forwarded,
     {vm_path, agent_read},
     agent_file_read_fields},

    {"GET", "/nodes/{node}/tasks", task_list, local, {}, task_list_fields},
    {"DELETE", "/nodes/{node}/tasks/{upid}", task_stop, forwarded},
    {"GET", "/nodes/{node}/tasks/{upid}/status", task_status, forwarded},
    {"GET", "/nodes/{node}/tasks/{upid}/log", task_log, forwarded, {}, task_log_fields},
};

}  // namespace

std::span<const Route> routes() { return table; }

}  // namespace demo_node
