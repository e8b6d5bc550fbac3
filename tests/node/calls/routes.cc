// The table of all calls that the stand-in understands.
// SPDX-License-Identifier: GPL-3.0-or-later
// Longer than usual: the table of all calls is read in one piece.
#include <fmt/format.h>

#include <deque>

#include "calls/calls.h"
#include "calls/collections.h"
#include "calls/download.h"
#include "calls/privileges.h"
#include "http/forms.h"
#include "model/config_keys.h"

namespace demo_node {

namespace {

constexpr std::size_t max_snapshot_name = 40;

using namespace privilege;

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
constexpr std::string_view store_template[] = {"Datastore.AllocateTemplate"};
constexpr std::string_view cloudinit[] = {"VM.Config.Cloudinit"};

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
constexpr std::string_view configure_container[] = {"VM.Config.Disk", "VM.Config.CPU",
                                                    "VM.Config.Memory", "VM.Config.Network",
                                                    "VM.Config.Options"};
constexpr Field clone_container_fields[] = {
    {.name = "newid", .type = Type::integer, .required = true, .format = Format::vmid},
    {.name = "hostname", .format = Format::dns_name},
    {.name = "description"},
    {.name = "full", .type = Type::boolean},
    {.name = "pool"},
    {.name = "storage", .form = storage_id_error},
    {.name = "target", .format = Format::node},
    {.name = "snapname", .format = Format::config_id, .max_length = max_snapshot_name},
    {.name = "bwlimit", .type = Type::integer, .minimum = 0}};
constexpr Field start_container_fields[] = {skip_lock, {.name = "debug", .type = Type::boolean}};
constexpr Field stop_container_fields[] = {skip_lock,
                                           {.name = "overrule-shutdown", .type = Type::boolean}};
constexpr Field shutdown_container_fields[] = {timeout,
                                               {.name = "forceStop", .type = Type::boolean}};
constexpr Field destroy_container_fields[] = {
    {.name = "purge", .type = Type::boolean},
    {.name = "force", .type = Type::boolean},
    {.name = "destroy-unreferenced-disks", .type = Type::boolean}};
constexpr Field resize_container_fields[] = {{.name = "disk", .required = true},
                                             {.name = "size", .required = true, .form = size_error},
                                             {.name = "digest"}};

constexpr Field pool_name[] = {{.name = "poolid", .required = true, .form = pool_id_error}};
constexpr Field pool_fields[] = {{.name = "poolid", .required = true, .form = pool_id_error},
                                 {.name = "allow-move", .type = Type::boolean},
                                 {.name = "comment"},
                                 {.name = "delete", .type = Type::boolean},
                                 {.name = "storage"},
                                 {.name = "vms"}};
constexpr Field refs_query[] = {{.name = "type", .choices = "alias, ipset"}};
constexpr Field sdn_fields[] = {{.name = "lock-token"},
                                {.name = "release-lock", .type = Type::boolean}};
constexpr Field reload_fields[] = {{.name = "regenerate-frr", .type = Type::boolean}};
constexpr Field download_fields[] = {
    {.name = "content", .required = true, .choices = "iso, vztmpl, import"},
    {.name = "filename", .required = true},
    {.name = "url", .required = true},
    {.name = "checksum"},
    {.name = "checksum-algorithm", .choices = "md5, sha1, sha224, sha256, sha384, sha512"},
    {.name = "compression"},
    {.name = "verify-certificates", .type = Type::boolean}};
constexpr Field content_query[] = {{.name = "content", .form = content_types_error},
                                   {.name = "vmid", .type = Type::integer, .format = Format::vmid}};

constexpr Field template_fields[] = {{.name = "disk"}};
constexpr Field resize_fields[] = {skip_lock,
                                   {.name = "disk", .required = true},
                                   {.name = "size", .required = true, .form = size_error},
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
constexpr Field create_container_snapshot_fields[] = {{.name = "snapname",
                                                       .required = true,
                                                       .format = Format::config_id,
                                                       .max_length = max_snapshot_name},
                                                      {.name = "description"}};
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
constexpr Field log_query[] = {limit,
                               first,
                               {.name = "since", .type = Type::integer, .minimum = 0},
                               {.name = "until", .type = Type::integer, .minimum = 0}};
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
    {"PUT", "/pools", pool_members_put, forwarded, {"/pool/{poolid}", pool_allocate}, pool_fields},
    {"DELETE", "/pools", pool_remove, forwarded, {"/pool/{poolid}", pool_allocate}, pool_name},
    {"GET", "/cluster/firewall/macros", firewall_macros},
    {"GET", "/cluster/firewall/refs", firewall_refs, local, {"/", system_audit}, refs_query},
    {"GET", "/cluster/sdn", sdn_index, local, {"/sdn", sdn_audit}},
    {"PUT", "/cluster/sdn", sdn_apply, forwarded, {"/sdn", sdn_allocate}, sdn_fields},
    {"GET", "/cluster/sdn/ipams", sdn_ipams},
    {"GET", "/nodes", node_list},
    {"GET", "/nodes/{node}/version", version},
    {"GET", "/nodes/{node}/status", node_status, local, {"/nodes/{node}", system_audit}},
    {"GET", "/nodes/{node}/storage", node_storage, forwarded, {}, storage_query},
    {"GET",
     "/nodes/{node}/storage/{storage}/content",
     storage_content,
     forwarded,
     {"/storage/{storage}", store_read},
     content_query},
    {"GET",
     "/nodes/{node}/storage/{storage}/status",
     storage_status,
     forwarded,
     {"/storage/{storage}", store_read}},
    {"POST",
     "/nodes/{node}/storage/{storage}/download-url",
     storage_download,
     forwarded,
     {"/storage/{storage}", store_template},
     download_fields},
    {"DELETE",
     "/nodes/{node}/network",
     network_revert,
     forwarded,
     {"/nodes/{node}", system_modify}},
    {"PUT",
     "/nodes/{node}/network",
     network_reload,
     forwarded,
     {"/nodes/{node}", system_modify},
     reload_fields},
    {"GET",
     "/nodes/{node}/firewall/log",
     firewall_log,
     forwarded,
     {"/nodes/{node}", system_log},
     log_query},
    {"GET", "/nodes/{node}/sdn/zones", node_zones, forwarded},
    {"GET",
     "/nodes/{node}/sdn/zones/{zone}/content",
     node_zone_content,
     forwarded,
     {"/sdn/zones/{zone}", sdn_audit}},

    {"GET", "/nodes/{node}/qemu", guest_list, forwarded, {}, full},
    {"POST",
     "/nodes/{node}/qemu",
     guest_create,
     forwarded,
     {vm_path, allocate},
     creation_fields(machines)},
    {"GET", "/nodes/{node}/qemu/{vmid}", guest_index},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/clone",
     guest_clone,
     forwarded,
     {vm_path, clone},
     clone_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/template",
     guest_template,
     forwarded,
     {vm_path, allocate},
     template_fields},
    {"PUT",
     "/nodes/{node}/qemu/{vmid}/resize",
     guest_resize,
     forwarded,
     {vm_path, config_disk},
     resize_fields},
    {"PUT",
     "/nodes/{node}/qemu/{vmid}/config",
     guest_config_put,
     forwarded,
     {vm_path, configure},
     config_fields(machines),
     waits_for_lock},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/config",
     guest_config_post,
     forwarded,
     {vm_path, configure},
     config_fields(machines)},
    {"DELETE",
     "/nodes/{node}/qemu/{vmid}",
     guest_destroy,
     forwarded,
     {vm_path, allocate},
     destroy_fields},
    {"GET", "/nodes/{node}/qemu/{vmid}/pending", guest_pending, local, {vm_path, audit}},
    {"PUT",
     "/nodes/{node}/qemu/{vmid}/cloudinit",
     guest_cloudinit,
     forwarded,
     {vm_path, cloudinit}},
    {"GET",
     "/nodes/{node}/qemu/{vmid}/firewall/refs",
     firewall_refs,
     local,
     {vm_path, audit},
     refs_query},
    {"GET",
     "/nodes/{node}/qemu/{vmid}/firewall/log",
     firewall_log,
     forwarded,
     {vm_path, vm_console},
     log_query},
    {"GET",
     "/nodes/{node}/qemu/{vmid}/config",
     guest_config,
     local,
     {vm_path, audit},
     config_query},
    {"GET",
     "/nodes/{node}/qemu/{vmid}/feature",
     guest_feature,
     forwarded,
     {vm_path, audit},
     feature_query},
    {"GET", "/nodes/{node}/qemu/{vmid}/status", guest_status_index},
    {"GET", "/nodes/{node}/qemu/{vmid}/status/current", guest_current, forwarded, {vm_path, audit}},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/start",
     guest_start,
     forwarded,
     {vm_path, power},
     start_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/stop",
     guest_stop,
     forwarded,
     {vm_path, power},
     stop_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/shutdown",
     guest_shutdown,
     forwarded,
     {vm_path, power},
     shutdown_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/reboot",
     guest_reboot,
     forwarded,
     {vm_path, power},
     reboot_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/reset",
     guest_reset,
     forwarded,
     {vm_path, power},
     reset_fields},
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/suspend",
     guest_suspend,
     forwarded,
     {vm_path, power},
     suspend_fields},
    // Seen: this one call waits for the lock itself, and goes on when it does not get it.
    {"POST",
     "/nodes/{node}/qemu/{vmid}/status/resume",
     guest_resume,
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

    {"GET", "/nodes/{node}/lxc", guest_list, forwarded},
    {"POST",
     "/nodes/{node}/lxc",
     guest_create,
     forwarded,
     {vm_path, allocate},
     creation_fields(containers)},
    {"GET", "/nodes/{node}/lxc/{vmid}", guest_index},
    {"DELETE",
     "/nodes/{node}/lxc/{vmid}",
     guest_destroy,
     forwarded,
     {vm_path, allocate},
     destroy_container_fields},
    {"GET", "/nodes/{node}/lxc/{vmid}/config", guest_config, local, {vm_path, audit}, config_query},
    {"PUT",
     "/nodes/{node}/lxc/{vmid}/config",
     guest_config_put,
     forwarded,
     {vm_path, configure_container},
     config_fields(containers),
     waits_for_lock},
    {"GET", "/nodes/{node}/lxc/{vmid}/pending", guest_pending, local, {vm_path, audit}},
    {"GET",
     "/nodes/{node}/lxc/{vmid}/feature",
     guest_feature,
     forwarded,
     {vm_path, audit},
     feature_query},
    {"GET",
     "/nodes/{node}/lxc/{vmid}/interfaces",
     container_interfaces,
     forwarded,
     {vm_path, audit}},
    {"POST",
     "/nodes/{node}/lxc/{vmid}/clone",
     guest_clone,
     forwarded,
     {vm_path, clone},
     clone_container_fields},
    {"POST", "/nodes/{node}/lxc/{vmid}/template", guest_template, forwarded, {vm_path, allocate}},
    {"PUT",
     "/nodes/{node}/lxc/{vmid}/resize",
     guest_resize,
     forwarded,
     {vm_path, config_disk},
     resize_container_fields},
    {"GET", "/nodes/{node}/lxc/{vmid}/status", guest_status_index},
    {"GET", "/nodes/{node}/lxc/{vmid}/status/current", guest_current, forwarded, {vm_path, audit}},
    {"POST",
     "/nodes/{node}/lxc/{vmid}/status/start",
     guest_start,
     forwarded,
     {vm_path, power},
     start_container_fields},
    {"POST",
     "/nodes/{node}/lxc/{vmid}/status/stop",
     guest_stop,
     forwarded,
     {vm_path, power},
     stop_container_fields},
    {"POST",
     "/nodes/{node}/lxc/{vmid}/status/shutdown",
     guest_shutdown,
     forwarded,
     {vm_path, power},
     shutdown_container_fields},
    {"POST",
     "/nodes/{node}/lxc/{vmid}/status/reboot",
     guest_reboot,
     forwarded,
     {vm_path, power},
     reboot_fields},
    {"POST", "/nodes/{node}/lxc/{vmid}/status/suspend", guest_suspend, forwarded, {vm_path, power}},
    {"POST",
     "/nodes/{node}/lxc/{vmid}/status/resume",
     container_resume,
     forwarded,
     {vm_path, power}},
    {"GET", "/nodes/{node}/lxc/{vmid}/snapshot", snapshot_list, forwarded, {vm_path, audit}},
    {"POST",
     "/nodes/{node}/lxc/{vmid}/snapshot",
     snapshot_create,
     forwarded,
     {vm_path, snapshot},
     create_container_snapshot_fields},
    {"GET", "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}", snapshot_index},
    {"DELETE",
     "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}",
     snapshot_delete,
     forwarded,
     {vm_path, snapshot},
     delete_snapshot_fields},
    {"GET",
     "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config",
     snapshot_config,
     local,
     {vm_path, snapshot_read}},
    {"POST",
     "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback",
     snapshot_rollback,
     forwarded,
     {vm_path, rollback},
     rollback_fields},
    {"GET",
     "/nodes/{node}/lxc/{vmid}/firewall/refs",
     firewall_refs,
     local,
     {vm_path, audit},
     refs_query},
    {"GET",
     "/nodes/{node}/lxc/{vmid}/firewall/log",
     firewall_log,
     forwarded,
     {vm_path, vm_console},
     log_query},

    {"GET", "/nodes/{node}/tasks", task_list, local, {}, task_list_fields},
    {"DELETE", "/nodes/{node}/tasks/{upid}", task_stop, forwarded},
    {"GET", "/nodes/{node}/tasks/{upid}/status", task_status, forwarded},
    {"GET", "/nodes/{node}/tasks/{upid}/log", task_log, forwarded, {}, task_log_fields},
};

/// The rows of one collection at one of its places.
void add_collection(const CollectionKind& kind, const Place& place, std::vector<Route>& rows) {
    static std::deque<std::string> paths;
    const auto keep = [](std::string path) -> std::string_view {
        return paths.emplace_back(std::move(path));
    };
    const std::string_view top =
        kind.name.empty() ? place.path : keep(fmt::format("{}/{}", place.path, kind.name));
    const std::string_view end = kind.keyed_by == Key::rest ? "*" : "";
    const std::string_view item = keep(fmt::format("{}/{{{}{}}}", top, kind.key, end));
    const auto add = [&](std::string_view method, std::string_view path, Handler handler,
                         const Permission& permission, std::span<const Field> fields) {
        rows.push_back({.method = method,
                        .path = path,
                        .handler = handler,
                        .forwarded = method != "GET",
                        .permission = permission,
                        .fields = fields,
                        .collection = &kind,
                        .place = &place,
                        .shelf = top});
    };
    add("GET", top, kind.list ? kind.list : collection_list, place.list, kind.query);
    add("POST", top, collection_create, place.create, kind.create);
    if (kind.has_item)
        add("GET", item, kind.get ? kind.get : collection_get, place.read, kind.item_query);
    if (kind.has_change) add("PUT", item, collection_change, place.change, kind.change);
    add("DELETE", item, collection_remove, place.change, kind.remove);
}

void add_settings(const SettingsKind& kind, std::vector<Route>& rows) {
    static std::deque<std::string> paths;
    const std::string_view path =
        paths.emplace_back(fmt::format("{}/{}", kind.place.path, kind.name));
    const auto add = [&](std::string_view method, Handler handler, const Permission& permission,
                         std::span<const Field> fields) {
        rows.push_back({.method = method,
                        .path = path,
                        .handler = handler,
                        .forwarded = method != "GET",
                        .permission = permission,
                        .fields = fields,
                        .settings = &kind,
                        .place = &kind.place,
                        .shelf = path});
    };
    add("GET", settings_get, kind.place.read, {});
    add("PUT", settings_put, kind.place.change, kind.fields);
}

std::vector<Route> all_rows() {
    std::vector<Route> rows(std::begin(table), std::end(table));
    for (const auto kinds : {firewall_collections(), network_collections(), sdn_collections(),
                             storage_collections(), pool_collections()})
        for (const CollectionKind& kind : kinds)
            for (const Place& place : kind.places) add_collection(kind, place, rows);
    for (const auto kinds : {firewall_settings(), cluster_settings()})
        for (const SettingsKind& kind : kinds) add_settings(kind, rows);
    return rows;
}

}  // namespace

std::span<const Route> routes() {
    static const std::vector<Route> rows = all_rows();
    return rows;
}

}  // namespace demo_node
