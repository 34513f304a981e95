"""The switches that are connected, and how far each is; one thread owns this state."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from nf.controller import openflow
from nf.controller.events import BarrierReply, Datapath, Event, Joined, Left, Refused
from nf.controller.intents import Intent
from nf.controller.openflow import Message
from nf.controller.rerouting import IDLE
from nf.controller.steering import State, Wanted, unmetered
from nf.controller.topology import Place, Topology

BARRIER_SECONDS = 10.0  # a switch that takes longer to answer is disconnected, and may try again
_Step: TypeAlias = Callable[["_Connection"], Iterable[Message]]


@dataclass(slots=True)
class _Connection:
    """A switch's present connection; the steps to come are each told when the one before has been done."""

    datapath: Datapath
    name: str
    steps: deque[_Step] = field(default_factory=deque)
    barrier: int | None = None  # transaction id of the reply that is awaited
    deadline: float = 0.0
    asking: bool = True  # for meters, which comes first
    metered: bool = True
    refusals: int = 0


class Switches:
    """Puts the wanted entries on every switch that joins, and changes them as the NF goes and comes.

    On a switch that joins, entries of other generations go first: dropping for a moment is safe, mixing two
    configurations is not. When the NF's state changes, what is new is added before what is over is removed: until then
    a packet meets what its policy says in the one state or in the other, and never another policy. `moved` are the
    entries of single sessions that a switch is to have before it counts as ready.
    """

    def __init__(self, topology: Topology, wanted: Wanted, report: Callable[[str], None],
                 moved: Callable[[int], Iterable[Intent]] = lambda _dpid: ()) -> None:
        self._topology, self._wanted, self._report, self._moved = topology, wanted, report, moved
        self._connections: dict[int, _Connection] = {}
        self._state = wanted.first

    def receive(self, event: Event, now: float) -> str | None:
        """Take in an event; the name of the switch, where the event means that it now carries what it should.

        `now` is in seconds of a monotonic clock.
        """
        if isinstance(event, Joined):
            self._joined(event.datapath, now)
            return None
        connection = self._connections.get(event.datapath.id)
        if connection is None or connection.datapath is not event.datapath:
            return None  # of a connection that is no longer the switch's, or of a switch that is none of ours
        if isinstance(event, Left):
            self._left(connection, event.silent)
        elif isinstance(event, Refused):
            self._refused(connection, event.error)
        elif isinstance(event, BarrierReply) and event.xid == connection.barrier:
            return self._proceed(connection, now)
        return None

    def name_of(self, datapath: Datapath) -> str | None:
        """The switch whose present connection this is."""
        connection = self._connections.get(datapath.id)
        return connection.name if connection is not None and connection.datapath is datapath else None

    def nf_is(self, state: State, now: float) -> None:
        """Have every switch carry the entries of the NF's state."""
        before, self._state = self._state, state
        if state == before:
            return
        for connection in self._connections.values():
            if not connection.refusals:
                connection.steps += [lambda it: self._added(it, state, before), lambda it: self._removed(it, state)]
                if connection.barrier is None:
                    self._proceed(connection, now)

    def have(self, intents: Iterable[Intent]) -> None:
        """Entries beside the wanted ones, until no packet has met them for IDLE seconds; for switches that are there."""
        for connection, own in self._at(intents):
            for message in openflow.until_idle(connection.datapath, own, self._wanted.generation, IDLE):
                send(connection.datapath, message)

    def lose(self, intents: Iterable[Intent]) -> None:
        """Entries of that kind that are over."""
        for connection, own in self._at(intents):
            for intent in own:
                send(connection.datapath, openflow.remove_one(connection.datapath, intent))

    def barriers(self, intents: Iterable[Intent]) -> set[tuple[int, int]] | None:
        """Ask the switches of these entries to reply when all is done that they were told: datapath and transaction ids.

        None where one of them is away.
        """
        wanted = {intent.dpid for intent in intents}
        there = [connection for connection in map(self._connections.get, wanted) if connection and not connection.asking]
        if len(there) < len(wanted):
            return None
        found = set()
        for connection in there:
            request = openflow.barrier(connection.datapath)
            found.add((connection.datapath.id, connection.datapath.set_xid(request)))
            send(connection.datapath, request)
        return found

    def packet_out(self, place: Place, frame: bytes) -> None:
        """Send a frame out of a port, if its switch is there."""
        for connection in self._connections.values():
            if connection.name == place.switch:
                send(connection.datapath, openflow.packet_out(connection.datapath, place.port, frame))

    def _at(self, intents: Iterable[Intent]) -> Iterator[tuple[_Connection, list[Intent]]]:
        by_switch: defaultdict[int, list[Intent]] = defaultdict(list)
        for intent in intents:
            by_switch[intent.dpid].append(intent)
        for dpid, own in by_switch.items():
            connection = self._connections.get(dpid)
            if connection is not None and not connection.asking and not connection.refusals:
                yield connection, own

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
        connection.steps += [_meters, self._installed]
        self._proceed(connection, now)

    def _left(self, connection: _Connection, silent: bool) -> None:
        del self._connections[connection.datapath.id]
        how = "silent, no echo reply: disconnected" if silent else "disconnected"
        self._report(f"switch {connection.name} {how}; it goes on with the entries that it has")

    # what a switch is told, step by step

    def _proceed(self, connection: _Connection, now: float) -> str | None:
        connection.barrier = None
        if connection.refusals or not connection.steps:
            return self._ready(connection)
        for message in connection.steps.popleft()(connection):
            send(connection.datapath, message)
        request = openflow.barrier(connection.datapath)
        connection.barrier, connection.deadline = connection.datapath.set_xid(request), now + BARRIER_SECONDS
        send(connection.datapath, request)
        return None

    def _installed(self, connection: _Connection) -> Iterable[Message]:
        connection.asking = False
        yield from openflow.forget(connection.datapath, self._wanted.generation)
        yield from self._added(connection, self._state)
        yield from self._removed(connection, self._state)
        moved = self._moved(connection.datapath.id)
        yield from openflow.until_idle(connection.datapath, moved, self._wanted.generation, IDLE)

    def _added(self, connection: _Connection, state: State, before: State | None = None) -> Iterable[Message]:
        """Those that are new since a state, or all."""
        dpid = connection.datapath.id
        intents = self._wanted.entries(dpid, state) if before is None else self._wanted.new(dpid, state, before)
        own = intents if connection.metered else map(unmetered, intents)
        return openflow.add(connection.datapath, own, self._wanted.generation)

    def _removed(self, connection: _Connection, state: State) -> Iterable[Message]:
        return openflow.remove(connection.datapath, sorted(self._wanted.over(state), key=lambda it: it.number))

    def _refused(self, connection: _Connection, error: str) -> None:
        if connection.asking:
            if connection.metered:
                self._report(f"switch {connection.name} has no meters ({error}): "
                             "it neither logs nor answers what it denies, nor who asks for an address of the SRX")
            connection.metered = False
            return
        connection.refusals += 1
        if connection.refusals == 1:  # half of the entries would be worse than none
            send(connection.datapath, openflow.withdraw(connection.datapath))
            self._report(f"switch {connection.name} degraded: it refuses an entry ({error}), so it gets none")

    def _ready(self, connection: _Connection) -> str | None:
        if connection.refusals:
            return None
        count = len(self._wanted.entries(connection.datapath.id, self._state))
        self._report(f"switch {connection.name} ready: {count} entries")
        expected = self._expected_ports(connection.name)
        absent = ", ".join(str(port) for port in sorted(expected - set(connection.datapath.ports)))
        if absent:
            self._report(f"switch {connection.name} has no port {absent} yet, which {self._topology.origin} names")
        return connection.name

    def _expected_ports(self, name: str) -> set[int]:
        edge = next(switch.ports for switch in self._topology.switches if switch.name == name)
        ends = {leg.place.port for each in self._topology.further for leg in each.legs if leg.place.switch == name}
        return {*edge, *ends, *self._topology.leg_ports(name), *self._topology.link_ports(name)}


def _meters(connection: _Connection) -> Iterable[Message]:
    return openflow.meters(connection.datapath)


def send(datapath: Datapath, message: Message) -> None:
    """Send a message, unless the connection has ended."""
    try:
        datapath.send_msg(message)
    except AttributeError:
        if datapath.send_q is not None:  # os-ken takes the queue away when a connection ends, even between two lines
            raise
