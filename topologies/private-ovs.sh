#!/bin/sh
# Runs a command, or a shell, in namespaces of its own with an Open vSwitch of its own; all of it ends with the command.
# As root: sh topologies/private-ovs.sh .venv/bin/mn --custom topologies/inline.py --topo inline …
set -eu
if [ "${SRXNF_PRIVATE_OVS:-}" != inside ]; then
    SRXNF_PRIVATE_OVS=inside exec unshare --net --mount --pid --fork --kill-child --mount-proc sh "$0" "$@"
fi
unset SRXNF_PRIVATE_OVS
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
mount -t tmpfs -o mode=755 none /run
mkdir /run/openvswitch
export OVS_RUNDIR=/run/openvswitch OVS_DBDIR=/run/openvswitch
export OVS_LOGDIR=/run/openvswitch OVS_SYSCONFDIR=/run/openvswitch
ovsdb-tool create /run/openvswitch/conf.db /usr/share/openvswitch/vswitch.ovsschema
ovsdb-server /run/openvswitch/conf.db --remote=punix:/run/openvswitch/db.sock --pidfile --log-file --detach --no-chdir
ovs-vsctl --no-wait init
ovs-vswitchd unix:/run/openvswitch/db.sock --pidfile --log-file -vconsole:off --detach --no-chdir
if [ $# -eq 0 ]; then set -- bash; fi
"$@"
