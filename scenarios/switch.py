"""A private Open vSwitch under this mount namespace's own /run, and a look at its flow entries."""

import os
import select
import signal
from collections.abc import Iterable
from pathlib import Path

from scenarios.programs import run

RUN = Path("/run/openvswitch")  # where every ovs-* program looks, so that all of them work inside without options
CONTROLLER = "127.0.0.1:6653"
_SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


def start_open_vswitch() -> None:
    """Start ovsdb-server and ovs-vswitchd; both end with the PID namespace that they are in."""
    RUN.mkdir()
    os.environ.update({name: str(RUN) for name in ("OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR", "OVS_SYSCONFDIR")})
    run(["ovsdb-tool", "create", str(RUN / "conf.db"), _SCHEMA])
    run(["ovsdb-server", str(RUN / "conf.db"), f"--remote=punix:{RUN}/db.sock", *_daemon("ovsdb-server")])
    run(["ovs-vsctl", "--no-wait", "init"])
    start_vswitchd()


def start_vswitchd() -> None:
    """Start the switch itself; bridges, ports and where the controller is are in the database."""
    run(["ovs-vswitchd", f"unix:{RUN}/db.sock", *_daemon("ovs-vswitchd")])


def kill_vswitchd() -> None:
    """End the switch itself at once: no packet passes, and its flow entries are lost."""
    process = int((RUN / "ovs-vswitchd.pid").read_text(encoding="ascii"))
    descriptor = os.pidfd_open(process)
    os.kill(process, signal.SIGKILL)
    select.select([descriptor], [], [])
    os.close(descriptor)


def _daemon(name: str) -> list[str]:
    own = (f"--{option}={RUN}/{name}.{ending}" for option, ending in
           (("pidfile", "pid"), ("unixctl", "ctl"), ("log-file", "log")))
    return [*own, "-vconsole:off", "--detach", "--no-chdir"]


def connect(switches: Iterable[str]) -> None:
    """Tell the switches where their controller is; they try again every second at least."""
    for switch in switches:
        run(["ovs-vsctl", "set-controller", switch, f"tcp:{CONTROLLER}",
             "--", "set", "Controller", switch, "max_backoff=1000"])


def settle_counters() -> None:
    """Have the datapath's packet counts added to the flow entries, which happens about once a second by itself."""
    run(["ovs-appctl", "-t", str(RUN / "ovs-vswitchd.ctl"), "revalidator/purge"])


def dump_flows(switch: str) -> str:
    """The flow entries of a bridge, as ovs-ofctl prints them."""
    return run(["ovs-ofctl", "-O", "OpenFlow13", "--no-names", "dump-flows", switch])
