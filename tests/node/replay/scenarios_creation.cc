// Scenarios that create, clone and configure machines, and turn them into templates.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario_parts.h"

namespace demo_node::replay {

namespace {

const std::vector<Scenario> table = {
    {"created",
     {},
     {"+POST /qemu vmid=110&name=created-01&memory=64&cores=1&kvm=0&ostype=l26"
      "&scsi0=local:1,format%3Dqcow2"
      "&scsihw=virtio-scsi-pci&net0=virtio,bridge%3Dvmbr0&boot=order%3Dscsi0%3Bnet0&tags=new%3Blab",
      "settle", "vm-create-tasklog", "vm-created-config", "err-vm-create-exists",
      "vm-create-minimal", "settle", "vm-create-minimal-taskstatus", "vm-create-minimal-config",
      "vm-create-start", "settle", "vm-create-start-taskstatus", "vm-create-start-tasklog",
      "vm-create-start-current"}},
    {"refused_creations",
     {},
     {"err-vm-create-badname", "err-vm-create-badstorage", "err-vm-create-badvmid",
      "err-vm-create-lowvmid", "err-vm-create-novmid",
      "+POST /qemu vmid=111&ide2=local:iso/nosuch.iso,media=cdrom", "settle",
      "err-vm-create-noiso-taskstatus", "err-vm-create-noiso-tasklog"}},
    {"cloned",
     {},
     {"vm-clone-full", "settle", "vm-clone-full-taskstatus", "vm-clone-full-tasklog",
      "vm-clone-full-config", "+POST /qemu/103/clone newid=121", "settle",
      "vm-clone-linked-from-template-taskstatus", "err-template-delete-has-clones", "settle",
      "err-template-delete-has-clones-taskstatus", "err-template-delete-has-clones-tasklog",
      "vm-clone-running-full", "settle", "vm-clone-running-full-taskstatus",
      "vm-clone-running-target-config"}},
    {"refused_clones",
     {},
     {"err-vm-clone-badname", "err-vm-clone-badstorage", "err-vm-clone-badtarget",
      "err-vm-clone-nosnap", "err-unknown-vm-clone", "err-locked-clone"}},
    {"promoted",
     {},
     {"vm-clone-full", "settle", "vm-template", "settle", "vm-template-taskstatus",
      "vm-template-tasklog", "err-unknown-vm-template", "err-locked-template",
      "POST /qemu/106/status/start", "settle", "err-vm-template-running"}},
    {"resized",
     {},
     {"vm-resize", "settle", "vm-resize-taskstatus", "vm-resize-tasklog", "err-vm-resize-nodisk",
      "settle", "err-vm-resize-nodisk-tasklog", "+PUT /qemu/102/resize disk=scsi0&size=1M",
      "settle", "err-vm-resize-shrink-taskstatus", "err-vm-resize-shrink-tasklog"}},
    {"configured",
     {},
     {"cfg-put-delete", "+POST /qemu/102/config cores=1", "settle", "cfg-post-async-taskstatus",
      "err-cfg-bad-name", "err-cfg-bad-storage", "err-cfg-bad-tags", "err-cfg-bad-type",
      "err-cfg-delete-unknown", "err-cfg-digest", "err-cfg-memory-small", "err-cfg-negative",
      "err-cfg-two-errors", "err-cfg-unknown-param", "err-unknown-vm-put", "err-locked-config-put",
      "cfg-pending-running", "cfg-revert"}},
    {"configured_over_http",
     {},
     {"http-body-max", "http-description-8k", "http-description-8k1", "http-expect-100",
      "http-put-conflict-uri", "http-put-dup-param", "http-put-json",

      "http-put-json-bool", "http-put-json-charset", "http-put-json-false", "http-put-json-nested",
      "http-put-json-null", "http-put-newline", "http-put-nocontenttype", "http-put-plus",
      "http-put-query-params", "http-put-same-uri", "http-put-urlencoded-charset",
      "http-put-utf8"}},
};

}  // namespace

std::vector<Scenario> creation_scenarios() { return table; }

}  // namespace demo_node::replay
