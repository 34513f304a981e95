"""What happens to a lab between visits: its programs end, are started again, or get another configuration."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from nf.controller.intents import Purpose
from scenarios import daemons, functions, switch
from scenarios.lab import Lab, ask_nf, flow_entries, read_configuration, write_beside
from scenarios.programs import START_SECONDS, LabError, run, start_again
from scenarios.schema import Step
from topologies.roles import wires

_LOOK = 2.0  # seconds: the network function looks at files once a second
_LOST = "lost with an SPU"
_POLL = 0.1  # seconds
_WAIT = 3.0  # seconds of `wait`


def take(lab: Lab, step: Step) -> None:
    """Take one step; those that the controller notices end when the switches carry what follows from it."""
    _STEPS[step](lab)


def _kill_nf(lab: Lab) -> None:
    _listen(lab)
    process = lab.nfs[_nf(lab)].process
    workers = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    process.kill()
    process.wait()
    deadline = time.monotonic() + START_SECONDS
    while not all(map(_has_ended, workers)) and time.monotonic() < deadline:
        time.sleep(0.02)


def _has_ended(pid: str) -> bool:
    """Whether a process is gone, or only waits for somebody to ask how it went."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        return state == "Z" and len([*Path(f"/proc/{pid}/task").iterdir()]) == 1  # its threads hold its sockets as long
    except (FileNotFoundError, ProcessLookupError):
        return True


def _await_nf_down(lab: Lab) -> None:
    _hear(lab, f"{_nf(lab)} down")
    _hear_switches(lab)


def _start_nf(lab: Lab) -> None:
    _listen(lab)
    _again(lab)
    if len(lab.nfs) > 1:
        _hear(lab, f"{_nf(lab)} (node0) up")
    else:
        _hear(lab, f"{_nf(lab)} up")
        _hear_switches(lab)


def _await_failover(lab: Lab) -> None:
    _hear(lab, "failover to ")
    _hear_switches(lab)


def _request_failover(lab: Lab) -> None:
    """An operator makes the first node primary."""
    _listen(lab)
    functions.operate(lab.home, lab.network, _nf(lab), "request chassis cluster failover redundancy-group 1 node 0")
    _await_failover(lab)


def _restart_nf(lab: Lab) -> None:
    _listen(lab)
    lab.nfs[_nf(lab)].end()
    _await_nf_down(lab)
    _start_nf(lab)


def _again(lab: Lab) -> None:
    ended = lab.nfs[_nf(lab)]
    written = len(ended.said())
    lab.nfs[_nf(lab)] = start_again(ended)
    lab.nfs[_nf(lab)].wait_for("ready", START_SECONDS, written)


def _restart_switch(lab: Lab) -> None:
    _listen(lab)
    switch.kill_vswitchd()
    switch.start_vswitchd()
    _hear_switches(lab)


def _restart_controller(lab: Lab) -> None:
    _listen(lab)
    lab.controller.process.kill()
    lab.controller.process.wait()
    lab.controller = start_again(lab.controller)
    _hear_switches(lab)
    _hear(lab, f"{_nf(lab)} up")


def _commit(lab: Lab) -> None:
    """From now on the programs that start read the other configuration."""
    _put_in_place(lab, lab.scenario.junos_commit)


def _rollback(lab: Lab) -> None:
    """From now on the programs that start read the first configuration again."""
    _put_in_place(lab, lab.scenario.junos)


def _put_in_place(lab: Lab, junos: str) -> None:
    lab.configuration = read_configuration(lab.scenario, junos)
    (lab.home / "srx.conf").write_text(junos, encoding="utf-8")


def _change_files(lab: Lab) -> None:
    """The files beside the configuration have other contents from now on, which the network function sees by itself."""
    write_beside(lab.home, lab.scenario.beside_changed)
    time.sleep(_LOOK)


def _kill_daemons(lab: Lab) -> None:
    for daemon in lab.daemons:
        daemon.process.kill()
        daemon.process.wait()


def _start_daemons(lab: Lab) -> None:
    lab.daemons = [daemons.again(asked, running) for asked, running in zip(lab.scenario.daemon, lab.daemons, strict=True)]


def _kill_worker(lab: Lab) -> None:
    """The network function's first SPU worker, and with it every SPU that it runs."""
    lost = ask_nf(lab, "statistics")["counters"].get(_LOST, 0)
    os.kill(ask_nf(lab, "workers")["workers"][0]["pid"], signal.SIGKILL)
    deadline = time.monotonic() + START_SECONDS
    while ask_nf(lab, "statistics")["counters"].get(_LOST, 0) == lost and time.monotonic() < deadline:
        time.sleep(0.02)


def _wait(lab: Lab) -> None:  # noqa: ARG001 - time alone passes
    time.sleep(_WAIT)


def _await_moved(lab: Lab) -> None:
    """A switch carries entries of a session that takes another way."""
    until = time.monotonic() + START_SECONDS
    while not any(entry.meaning == Purpose.MOVED.words for entry in flow_entries(lab)):
        if time.monotonic() >= until:
            raise LabError("no switch has entries of a moved session")
        time.sleep(_POLL)


def _unplug_wires(lab: Lab) -> None:
    _set_wires(lab, "down")


def _plug_wires(lab: Lab) -> None:
    _set_wires(lab, "up")


def _set_wires(lab: Lab, state: str) -> None:
    _listen(lab)
    for wire in wires(lab.network.topo):
        for device in wire.devices:
            run(["ip", "link", "set", device, state], lab.network.within(wire.name))
        _hear(lab, f"{wire.name} {state}")


def _end_further(lab: Lab) -> None:
    _listen(lab)
    for name, proxy in lab.further.items():
        proxy.end()
        _hear(lab, f"{name} down")


_STEPS: Mapping[Step, Callable[[Lab], None]] = {
    "await failover": _await_failover, "request failover": _request_failover,
    "kill nf": _kill_nf, "await nf down": _await_nf_down, "start nf": _start_nf, "restart nf": _restart_nf,
    "restart switch": _restart_switch, "restart controller": _restart_controller, "commit": _commit,
    "rollback": _rollback, "change files": _change_files, "kill daemons": _kill_daemons, "start daemons": _start_daemons,
    "wait": _wait, "kill worker": _kill_worker, "await moved": _await_moved,
    "unplug wires": _unplug_wires, "plug wires": _plug_wires, "end further": _end_further}


def _nf(lab: Lab) -> str:
    """The one, or node 0."""
    return next(iter(lab.nfs))


def _listen(lab: Lab) -> None:
    """Only what the controller says from now on counts."""
    lab.heard = len(lab.controller.said())


def _hear(lab: Lab, text: str) -> None:
    lab.heard = lab.controller.wait_for(text, START_SECONDS, lab.heard)


def _hear_switches(lab: Lab) -> None:
    """Every switch says that it has its entries, in whatever order."""
    since = lab.heard
    lab.heard = max(lab.controller.wait_for(f"switch {name} ready", START_SECONDS, since)
                    for name in lab.network.switches)
