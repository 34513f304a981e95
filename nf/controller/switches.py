"""The switches that are connected, and how far each is; one thread owns this state."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from nf.controller import openflow
from nf.controller.intents import Intent
from nf.controller.openflow import Datapath, Message
from nf.controller.topology import Topology

BARRIER_SECONDS = 10.0  # a switch that takes longer to answer is disconnected, and may try again


@dataclass(frozen=True, slots=True)
class Joined:
    """A switch has shaken hands; its datapath id and ports are known."""

    datapath: Datapath


@dataclass(frozen=True, slots=True)
class Left:
    """A connection has ended."""

    datapath: Datapath


@dataclass(frozen=True, slots=True)
class BarrierReply:
    """A switch has done all that was asked before the barrier with this transaction id."""

    datapath: Datapath
    xid: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A switch has answered a request with an error."""

    datapath: Datapath
    error: str


Event: TypeAlias = Joined | Left | BarrierReply | Refused


@dataclass(slots=True)
class _Connection:
    datapath: Datapath
    name: str
    barrier: int | None = None  # transaction id of the reply that is awaited
    deadline: float = 0.0
    refusals: int = 0


class Switches:
    """Puts the wanted entries on every switch that joins, and reports in one line what became of it."""

    def __init__(self, topology: Topology, intents: Sequence[Intent], generation: int,
                 report: Callable[[str], None]) -> None:
        self._topology, self._generation, self._report = topology, generation, report
        self._wanted: Mapping[int, Sequence[Intent]] = {
            switch.dpid: [intent for intent in intents if intent.dpid == switch.dpid] for switch in topology.switches}
        self._connections: dict[int, _Connection] = {}

    def receive(self, event: Event, now: float) -> None:
        """Take in one event; `now` in seconds of a monotonic clock."""
        if isinstance(event, Joined):
            self._joined(event.datapath, now)
            return
        connection = self._connections.get(event.datapath.id)
        if connection is None or connection.datapath is not event.datapath:
            return  # of a connection that is no longer the switch's, or of a switch that is none of ours
        if isinstance(event, Left):
            del self._connections[event.datapath.id]
            self._report(f"switch {connection.name} disconnected; it goes on with the entries that it has")
        elif isinstance(event, Refused):
            self._refused(connection, event.error)
        elif event.xid == connection.barrier:
            self._done(connection)

    def tick(self, now: float) -> None:
        """Let go of every switch whose barrier reply is overdue."""
        for connection in self._connections.values():
            if connection.barrier is not None and now >= connection.deadline:
                connection.barrier = None
                self._report(f"switch {connection.name} not ready: no barrier reply in {BARRIER_SECONDS:g} s, "
                             "disconnected")
                connection.datapath.close()

    def close(self) -> None:
        """End every connection; the entries stay."""
        for connection in self._connections.values():
            connection.datapath.close()

    def _joined(self, datapath: Datapath, now: float) -> None:
        switch = self._topology.switch(datapath.id)
        if switch is None:
            self._report(f"switch with datapath id {datapath.id:#x} is not in {self._topology.origin}: left alone")
            return
        former = self._connections.get(datapath.id)
        if former is not None:
            self._report(f"switch {switch.name} connected again from {datapath.address[0]}: the newer connection holds")
            former.datapath.close()
        connection = self._connections[datapath.id] = _Connection(datapath, switch.name)
        for message in openflow.install(datapath, self._wanted[datapath.id], self._generation):
            _send(datapath, message)
        self._await_barrier(connection, now)

    def _await_barrier(self, connection: _Connection, now: float) -> None:
        request = openflow.barrier(connection.datapath)
        connection.barrier, connection.deadline = connection.datapath.set_xid(request), now + BARRIER_SECONDS
        _send(connection.datapath, request)

    def _refused(self, connection: _Connection, error: str) -> None:
        connection.refusals += 1
        if connection.refusals == 1:  # half of the entries would be worse than none
            _send(connection.datapath, openflow.withdraw(connection.datapath))
            self._report(f"switch {connection.name} degraded: it refuses an entry ({error}), so it gets none")

    def _done(self, connection: _Connection) -> None:
        connection.barrier = None
        if connection.refusals:
            return
        self._report(f"switch {connection.name} ready: {len(self._wanted[connection.datapath.id])} entries")
        expected = self._expected_ports(connection.name)
        absent = ", ".join(str(port) for port in sorted(expected - set(connection.datapath.ports)))
        if absent:
            self._report(f"switch {connection.name} has no port {absent} yet, which {self._topology.origin} names")

    def _expected_ports(self, name: str) -> set[int]:
        edge = next(switch.ports for switch in self._topology.switches if switch.name == name)
        return {*edge, *self._topology.leg_ports(name), *self._topology.link_ports(name)}


def _send(datapath: Datapath, message: Message) -> None:
    try:
        datapath.send_msg(message)
    except AttributeError:
        if datapath.send_q is not None:  # os-ken takes the queue away when a connection ends, even between two lines
            raise
