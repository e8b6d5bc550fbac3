#!/usr/bin/env bats
# Containers, and what is kept in lists: firewalls, networks, storages, pools, options.
# SPDX-License-Identifier: GPL-3.0-or-later

load helper

node=/nodes/px-testing

# of METHOD PATH FILTER [CURL ARGUMENTS...]: what jq makes of the answer.
of() {
    local method=$1 path=$2 filter=$3
    shift 3
    api "$method" "$path" "$@" | jq -c "$filter"
}

@test "without --containers there are none, and with it they collide with no VM" {
    start_node --vms 150 --plain
    [ "$(api GET $node/lxc)" = '{"data":[]}' ]
    teardown
    start_node --vms 150 --plain --containers 2
    [ "$(of GET $node/lxc '[.data[].vmid] | sort')" = '[250,251]' ]
    [ "$(of GET '/cluster/resources?type=vm' \
        '[.data[] | select(.type == "lxc") | .id] | sort')" = '["lxc/250","lxc/251"]' ]
    [ "$(of GET $node/qemu '[.data[].vmid] | length')" = 150 ]
    teardown
    start_node --containers 2
    [ "$(of GET /cluster/nextid .data)" = '"108"' ]
    [ "$(of GET '/cluster/nextid?vmid=200' .errors.vmid)" = '"VM 200 already exists"' ]
}

@test "a container starts, stops, shuts down and reboots by tasks of its own" {
    start_node --containers 1
    local at=$node/lxc/200/status
    [[ "$(api POST $at/start)" == *:vzstart:200:* ]]
    wait_for_tasks
    [ "$(of GET $at/current '[.data.status, .data.type, .data.qmpstatus]')" = \
        '["running","lxc",null]' ]
    [ "$(status POST $at/start)" = '500 CT 200 already running' ]
    [[ "$(api POST $at/reboot)" == *:vzreboot:200:* ]]
    wait_for_tasks
    [[ "$(api POST $at/shutdown)" == *:vzshutdown:200:* ]]
    wait_for_tasks
    [ "$(status POST $at/stop)" = '500 CT 200 not running' ]
    api POST $at/start
    wait_for_tasks
    [[ "$(api POST $at/stop)" == *:vzstop:200:* ]]
    wait_for_tasks
    [ "$(of GET $at/current .data.status)" = '"stopped"' ]
    [ "$(jq -s 'map(select(.method == "POST" and .vmid == 200)) | length' "$log")" = 7 ]
}

@test "a suspended container is off until it is resumed, and one that never was stays off" {
    start_node --containers 2 --running
    local at=$node/lxc/200/status
    [[ "$(api POST $at/suspend)" == *:vzsuspend:200:* ]]
    wait_for_tasks
    [ "$(of GET $at/current .data.status)" = '"stopped"' ]
    [[ "$(api POST $at/resume)" == *:vzresume:200:* ]]
    wait_for_tasks
    [ "$(of GET $at/current .data.status)" = '"running"' ]
    api POST $at/stop
    wait_for_tasks
    api POST $at/resume
    wait_for_tasks
    [ "$(of GET $at/current .data.status)" = '"stopped"' ]
    [[ "$(of GET "$node/tasks?typefilter=vzresume" '.data[0].status')" == *lxc-checkpoint* ]]
}

@test "a container on a storage that can takes snapshots, and comes back to them" {
    start_node --containers 1 --storages local,tank=zfspool
    local at=$node/lxc/200/snapshot
    [ "$(of GET $node/lxc/200/config .data.rootfs)" = '"tank:subvol-200-disk-0,size=8M"' ]
    [ "$(of GET "$node/lxc/200/feature?feature=snapshot" .data)" = '{"hasFeature":1}' ]
    [[ "$(api POST $at -d snapname=before)" == *:vzsnapshot:200:* ]]
    wait_for_tasks
    api PUT $node/lxc/200/config -d hostname=changed
    [[ "$(api POST $at/before/rollback)" == *:vzrollback:200:* ]]
    wait_for_tasks
    [ "$(of GET $node/lxc/200/config .data.hostname)" = '"ct-200"' ]
    [[ "$(api DELETE $at/before)" == *:vzdelsnapshot:200:* ]]
    wait_for_tasks
    [ "$(of GET $at '[.data[].name]')" = '["current"]' ]
}

@test "a container is made, cloned and destroyed" {
    start_node --containers 1
    [[ "$(api POST $node/lxc -d vmid=300 -d ostemplate=local:vztmpl/x.tar.zst -d hostname=made)" \
        == *:vzcreate:300:* ]]
    wait_for_tasks
    [[ "$(api POST $node/lxc/300/clone -d newid=301 -d hostname=copy)" == *:vzclone:300:* ]]
    wait_for_tasks
    [ "$(of GET $node/lxc/301/config '[.data.hostname, .data.rootfs]')" = \
        '["copy","local:301/vm-301-disk-0.raw,size=4G"]' ]
    api POST $node/lxc/301/status/start
    wait_for_tasks
    [ "$(status DELETE $node/lxc/301)" = '500 unable to destroy CT 301 - container is running' ]
    [[ "$(api DELETE $node/lxc/300)" == *:vzdestroy:300:* ]]
    wait_for_tasks
    [ "$(of GET $node/lxc '[.data[].vmid] | sort')" = '[200,301]' ]
    [ "$(status POST $node/qemu/301/status/reboot)" = \
        "500 unable to find configuration file for VM 301 on node 'px-testing'" ]
}

@test "cards: several from the beginning, and more by PUT; a container's are its own kind" {
    start_node --cards 3 --containers 1
    [ "$(of GET $node/qemu/101/config '[.data | keys[] | select(test("^net"))]')" = \
        '["net0","net1","net2"]' ]
    api PUT $node/qemu/101/config --data-urlencode net3=virtio,tag=7,bridge=vmbr0
    [[ "$(of GET $node/qemu/101/config .data.net3)" == \
        '"virtio=BC:24:11:'*',bridge=vmbr0,tag=7"' ]]
    api PUT $node/qemu/101/config \
        --data-urlencode net4=virtio,bridge=vmbr0,macaddr=52:54:00:00:00:65
    [ "$(of GET $node/qemu/101/config .data.net4)" = '"virtio=52:54:00:00:00:65,bridge=vmbr0"' ]
    api PUT $node/lxc/200/config --data-urlencode net0=name=eth0,bridge=vmbr0,ip=dhcp
    [[ "$(of GET $node/lxc/200/config .data.net0)" == \
        '"name=eth0,bridge=vmbr0,hwaddr=BC:24:11:'*',ip=dhcp,type=veth"' ]]
}

@test "what a VM's configuration refuses, and with which status" {
    start_node
    local at=$node/qemu/101/config key
    [ "$(status PUT $at)" = '500 no options specified' ]
    for key in net0=nosuch hookscript=nosuch ipconfig0=ip=10.0.0.999/24 agent=perhaps vga=nosuch \
        cpu=nosuch net0=virtio,tag=9999 ipconfig0=gw=10.0.0.1; do
        [ "$(status PUT $at --data-urlencode "$key")" = '400 Parameter verification failed.' ]
        [[ "$(of PUT $at '.errors | keys[0]' --data-urlencode "$key")" == "\"${key%%=*}\"" ]]
    done
    [ "$(status PUT $at -d sshkeys=no%2520key%2520at%2520all)" = \
        '500 SSH public key validation error' ]
    [ "$(status PUT $at -d scsi1=nosuch)" = "500 unable to parse volume ID 'nosuch'" ]
    for key in args lock; do
        [ "$(status PUT $at -d $key=backup)" = "500 only root can set '$key' config" ]
    done
    [ "$(status POST $node/qemu -d vmid=150 -d pool=nosuch)" = \
        '403 Permission check failed (/pool/nosuch)' ]
    [ "$(status POST $node/qemu/101/clone -d newid=150 -d full=0)" = \
        "500 Linked clone feature is not supported for drive 'scsi0'" ]
}

@test "raw disks on a directory take no snapshots" {
    start_node
    api POST $node/qemu -d vmid=150 -d scsi0=local:1
    wait_for_tasks
    [ "$(of GET $node/qemu/150/config .data.scsi0)" = '"local:150/vm-150-disk-0.raw,size=1G"' ]
    api POST $node/qemu/150/snapshot -d snapname=one
    wait_for_tasks
    [ "$(of GET "$node/tasks?typefilter=qmsnapshot" '.data[0].status')" = \
        '"snapshot feature is not available"' ]
    [ "$(of GET "$node/qemu/150/feature?feature=snapshot" .data.hasFeature)" = 0 ]
    api POST $node/qemu -d vmid=151 --data-urlencode scsi0=local:1,format=qcow2,discard=on
    wait_for_tasks
    [ "$(of GET $node/qemu/151/config .data.scsi0)" = \
        '"local:151/vm-151-disk-0.qcow2,discard=on,size=1G"' ]
}

@test "a worker that cannot be started leaves a dead task, and nothing done" {
    start_node --fault 'no-worker method=POST path=/status/start nth=1'
    [ "$(status POST $node/qemu/100/status/start)" = \
        '500 got no worker upid - start worker failed' ]
    [ "$(of GET "$node/tasks?source=all" '[.data[] | [.type, .id, .status]]')" = \
        '[["qmstart","100","unexpected status"]]' ]
    [ "$(of GET $node/qemu/100/status/current .data.status)" = '"stopped"' ]
    [[ "$(api POST $node/qemu/100/status/start)" == *:qmstart:100:* ]]
    [ "$(jq -s 'map(select(.fault == "no-worker")) | length' "$log")" = 1 ]
}

@test "a worker that cannot be started makes no machine" {
    start_node --fault 'no-worker method=POST nth=1'
    [ "$(status POST $node/qemu -d vmid=150)" = '500 got no worker upid - start worker failed' ]
    [ "$(of GET /cluster/nextid?vmid=150 .data)" = '"150"' ]
}

@test "rules: new ones come on top, move, and go; a digest guards them" {
    start_node --containers 1
    local at digest
    for at in $node/qemu/101 $node/lxc/200 $node /cluster; do
        at=$at/firewall/rules
        api POST "$at" -d type=in -d action=ACCEPT -d proto=tcp -d dport=22 -d comment=ssh
        api POST "$at" -d type=in -d action=DROP -d source=10.0.0.0/8 -d enable=1
        [ "$(of GET "$at" '[.data[] | [.pos, .action, .enable, .ipversion]]')" = \
            '[[0,"DROP",1,4],[1,"ACCEPT",0,null]]' ]
        digest=$(api GET "$at/1" | jq -r .data.digest)
        api PUT "$at/1" -d enable=1 -d digest="$digest"
        [[ "$(status PUT "$at/1" -d enable=1 -d digest="$digest")" == '500 detected modified'* ]]
        api PUT "$at/0" -d moveto=2
        [ "$(of GET "$at" '[.data[].action]')" = '["ACCEPT","DROP"]' ]
        api DELETE "$at/0"
        [ "$(of GET "$at" '[.data[] | [.pos, .action]]')" = '[[0,"DROP"]]' ]
        [ "$(status DELETE "$at/1")" = '500 no rule at position 1' ]
    done
}

@test "aliases and sets are named by rules, and go with their machine" {
    start_node
    local at=$node/qemu/101/firewall
    api POST $at/aliases -d name=lab -d cidr=10.0.0.0/24
    api POST /cluster/firewall/aliases -d name=all -d cidr=10.0.0.0/8
    api POST $at/ipset -d name=trusted
    api POST $at/ipset/trusted -d cidr=10.9.0.0/16
    [ "$(of GET $at/ipset/trusted/10.9.0.0%2F16 .data.cidr)" = '"10.9.0.0/16"' ]
    for name in lab all +trusted; do
        [ "$(api POST $at/rules -d type=in -d action=ACCEPT --data-urlencode source=$name)" = \
            '{"data":null}' ]
    done
    [ "$(of POST $at/rules .errors.source -d type=in -d action=ACCEPT -d source=nosuch)" = \
        "\"no such alias 'nosuch'\"" ]
    [ "$(of GET $at/refs '[.data[].ref] | sort')" = '["+trusted","dc/all","lab"]' ]
    api DELETE $node/qemu/101
    wait_for_tasks
    [ "$(api GET $at/aliases)" = '{"data":[]}' ]
}

@test "zones, vnets and subnets run when they were applied" {
    start_node
    local at=/cluster/sdn
    api POST $at/zones -d zone=lab -d type=simple
    api POST $at/vnets -d vnet=vnet0 -d zone=lab
    api POST $at/vnets/vnet0/subnets -d subnet=10.5.0.0/24 -d type=subnet
    [ "$(of GET "$at/vnets?running=1" .data)" = '[]' ]
    [ "$(of GET "$at/vnets?pending=1" '[.data[] | [.vnet, .state]]')" = '[["vnet0","new"]]' ]
    [[ "$(api PUT $at)" == *'"UPID:px-testing:'*':reloadnetworkall::range42@pam!devkit:"'* ]]
    wait_for_tasks
    [ "$(of GET "$at/vnets?running=1" '[.data[].vnet]')" = '["vnet0"]' ]
    [ "$(of GET $node/sdn/zones '[.data[] | [.zone, .status]]')" = '[["lab","available"]]' ]
    api PUT $at/vnets/vnet0 -d alias=renamed
    [ "$(of GET "$at/vnets?pending=1" '[.data[] | [.state, .pending.alias]]')" = \
        '[["changed","renamed"]]' ]
    [ "$(of GET $at/vnets/vnet0 .data.alias)" = '"renamed"' ]
    [[ "$(status DELETE $at/vnets/vnet0)" == '500 delete sdn vnet object failed: '* ]]
    api DELETE $at/vnets/vnet0/subnets/lab-10.5.0.0-24
    api DELETE $at/vnets/vnet0
    [ "$(of GET "$at/vnets?pending=1" '[.data[].state]')" = '["deleted"]' ]
    api DELETE $at/zones/lab
    [ "$(status GET $at/zones/lab)" = "500 sdn 'lab' does not exist" ]
}

@test "a bridge is pending until the network is reloaded or put back" {
    start_node
    local at=$node/network
    api POST $at -d iface=vmbr7 -d type=bridge -d cidr=10.7.0.1/24
    [ "$(of GET $at/vmbr7 '[.data.iface, .data.address, .data.netmask, .data.active]')" = \
        '[null,"10.7.0.1","24",null]' ]
    [[ "$(of GET $at .changes)" == *'+auto vmbr7'* ]]
    [ "$(of POST $at .errors.iface -d iface=vmbr7 -d type=bridge)" = \
        '"interface already exists"' ]
    api DELETE $at
    [ "$(of GET $at '[.changes, [.data[].iface]]')" = '[null,["vmbr0"]]' ]
    api POST $at -d iface=vmbr7 -d type=bridge
    [[ "$(api PUT $at)" == *:srvreload:networking:* ]]
    wait_for_tasks
    [ "$(of GET $at '[.changes, ([.data[].iface] | sort)]')" = '[null,["vmbr0","vmbr7"]]' ]
    api PUT $at/vmbr7 -d type=bridge -d cidr=10.8.0.1/24
    [ "$(of GET $at/vmbr7 .data.cidr)" = '"10.8.0.1/24"' ]
    api DELETE $at/vmbr7
    [ "$(of GET "$at?type=any_bridge" '[.data[].iface]')" = '["vmbr0"]' ]
}

@test "storages come and go, and machines find their disks on them" {
    start_node --containers 1
    [ "$(of POST /storage .data.type -d storage=tank -d type=zfspool -d pool=tank)" = '"zfspool"' ]
    [ "$(status POST /storage -d storage=tank -d type=zfspool -d pool=tank)" = \
        "500 create storage failed: storage ID 'tank' already defined" ]
    api POST $node/qemu -d vmid=150 -d scsi0=tank:2
    wait_for_tasks
    [ "$(of GET $node/storage/tank/content '[.data[] | [.volid, .vmid, .size, .format]]')" = \
        '[["tank:vm-150-disk-0",150,2147483648,"raw"]]' ]
    [ "$(of GET "$node/storage/local/content?content=rootdir" '[.data[].volid]')" = \
        '["local:200/vm-200-disk-0.raw"]' ]
    [ "$(of GET "$node/storage?enabled=1" '[.data[] | [.storage, .active, .shared]] | sort')" = \
        '[["local",1,0],["tank",1,0]]' ]
    api DELETE /storage/tank
    [ "$(status GET /storage/tank)" = "500 storage 'tank' does not exist" ]
}

@test "a pool holds guests while they are in it" {
    start_node --containers 1
    api POST /pools -d poolid=lab -d comment=x
    api PUT /pools/lab -d vms=100,200
    [ "$(of GET /pools/lab '[.data.members[].id] | sort')" = '["lxc/200","qemu/100"]' ]
    [ "$(of GET "/cluster/resources?type=vm" '[.data[] | select(.pool == "lab")] | length')" = 2 ]
    [[ "$(status DELETE /pools/lab)" == "500 delete pool failed: pool 'lab' is not empty"* ]]
    api PUT "/pools" -d poolid=lab -d vms=100,200 -d delete=1
    api DELETE "/pools?poolid=lab"
    [ "$(api GET /pools)" = '{"data":[]}' ]
}

@test "the cluster's options: a style of tags goes in as a text and comes out as an object" {
    start_node
    [ "$(api PUT /cluster/options --data-urlencode \
        'tag-style=color-map=web:ff0000:ffffff;db:00ff00,shape=full')" = '{"data":null}' ]
    [ "$(of GET /cluster/options '.data["tag-style"] | [.shape, ."color-map"]')" = \
        '["full","web:ff0000:ffffff;db:00ff00"]' ]
    [ "$(of GET /cluster/options '.data["allowed-tags"]')" = '["range42","web"]' ]
    api PUT /cluster/options -d delete=tag-style
    [ "$(of GET /cluster/options '.data["tag-style"]')" = null ]
}

@test "each call asks for its privilege, on the path that it is about" {
    start_node --containers 1 --token 'eye@pve!x=other-secret:VM.Audit'
    api POST /cluster/sdn/zones -d zone=lab -d type=simple
    # shellcheck disable=SC2034 # api reads it
    token='eye@pve!x=other-secret'
    refused() {
        local wanted=$1
        shift
        [ "$(status "$@")" = "403 Permission check failed ($wanted)" ] || {
            status "$@"
            return 1
        }
    }
    refused '/vms/101, VM.Config.Network' POST $node/qemu/101/firewall/rules -d type=in
    refused '/vms/200, VM.Config.Network' PUT $node/lxc/200/firewall/options -d enable=1
    refused '/vms/101, VM.Console' GET $node/qemu/101/firewall/log
    refused '/nodes/px-testing, Sys.Audit' GET $node/firewall/rules
    refused '/nodes/px-testing, Sys.Syslog' GET $node/firewall/log
    refused '/, Sys.Modify' POST /cluster/firewall/aliases -d name=lab
    refused '/, Sys.Modify' PUT /cluster/options -d keyboard=de
    refused '/nodes/px-testing, Sys.Modify' PUT $node/network
    refused '/sdn, SDN.Audit' GET /cluster/sdn
    refused '/sdn, SDN.Allocate' PUT /cluster/sdn
    refused '/sdn/zones, SDN.Allocate' POST /cluster/sdn/zones -d zone=x1
    refused '/sdn/zones/lab, SDN.Allocate' POST /cluster/sdn/vnets -d zone=lab
    refused '/storage, Datastore.Allocate' POST /storage -d storage=x1
    refused '/storage/local, Datastore.Audit|Datastore.AllocateSpace' \
        GET $node/storage/local/content
    refused '/pool/lab, Pool.Allocate' POST /pools -d poolid=lab
    refused '/vms/200, VM.PowerMgmt' POST $node/lxc/200/status/start
    [ "$(api GET /cluster/sdn/zones)" = '{"data":[]}' ]
    [ "$(of GET "/access/permissions?path=/vms/100" .data)" = '{"/vms/100":{"VM.Audit":1}}' ]
}

@test "faults meet these calls as any others" {
    start_node --fault 'fail=500:no method=POST path=/firewall/aliases' \
        --fault 'cut=0 path=/cluster/sdn'
    [ "$(status POST $node/qemu/101/firewall/aliases -d name=lab -d cidr=10.0.0.0/8)" = '500 no' ]
    run api GET /cluster/sdn/zones
    [ "$status" -ne 0 ]
    [ "$(jq -s 'map(select(.fault)) | length' "$log")" = 2 ]
}
