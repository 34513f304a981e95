"""What the controller does: entries follow the NF's state, denied packets are logged and answered."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from nf.config.configuration import Configuration
from nf.controller import openflow
from nf.controller.cookies import purpose_of
from nf.controller.denials import Denials
from nf.controller.detours import Detours
from nf.controller.events import BarrierReply, Datapath, Event, Left, PacketIn, PortChanged
from nf.controller.further import Further
from nf.controller.gateways import MAC, gateways
from nf.controller.intents import Purpose
from nf.controller.redundancy import Redundancy
from nf.controller.rerouting import Change, Rerouting
from nf.controller.settling import Settling
from nf.controller.steering import Nobody, State, wanted
from nf.controller.switches import Switches, send
from nf.controller.topology import Leg, Place, Topology
from nf.controller.verdicts import diverts, fail_mode
from nf.log.records import LogRecord
from nf.policy.chassis_cluster import DATA_PLANE
from nf.policy.policies import FailMode
from nf.protocols import heartbeat, ways
from nf.protocols.ways import Moved

_REFUSED = {Purpose.REFUSED, Purpose.REPLY_REFUSED}


class Operation:
    """Owns the controller's state; one thread calls it. `now` is in seconds of a monotonic clock."""

    def __init__(self, configuration: Configuration, topology: Topology, report: Callable[[str], None],
                 log: Callable[[tuple[LogRecord, ...]], None]) -> None:
        """Raises TopologyError where the policies ask for what the topology has not."""
        self.counters: Counter[str] = Counter()
        self._report, self._log = report, log
        self._denials = Denials(configuration, topology)
        self._gateways = gateways(configuration.systems, topology)
        self._interfaces = {Place(switch.name, port): interface for switch in topology.switches
                            for port, interface in switch.ports.items()}
        self._redundancy = Redundancy(topology.nodes, configuration.digest, configuration.cluster.group(DATA_PLANE))
        self._rerouting = Rerouting(Detours(configuration.systems, topology))
        self._switches = Switches(topology, wanted(configuration, topology), report, self._rerouting.of)
        self._further, self._settling = Further(topology.further), Settling()
        self._legs = {(leg.place, leg.mac): leg for leg in topology.legs()}  # they may share a port
        self._modes = Counter(fail_mode(policy) for _, policy in configuration.systems.policies if diverts(policy))
        self._known: State = Nobody.UNDECIDED  # what was reported last: where traffic goes, which nodes are up, their faults
        self._up: dict[str, bool] = {}
        self._faults: dict[str, tuple[str, ...]] = {}

    def receive(self, event: Event, now: float) -> None:
        """Take in one event."""
        name = self._switches.name_of(event.datapath)
        ready = self._switches.receive(event, now)
        if ready is not None:
            ports = {number: openflow.carries(port) for number, port in event.datapath.ports.items()}
            self._redundancy.watch(ready, ports, now)
            self._further.watch(ready, ports, now)
        if name is not None:
            match event:
                case Left():
                    self._redundancy.unwatch(name)
                    self._further.unwatch(name)
                case PortChanged():
                    self._redundancy.port(Place(name, event.port), event.up)
                    self._further.port(Place(name, event.port), event.up)
                case BarrierReply():
                    for leg, rows in self._settling.replied((event.datapath.id, event.xid)):
                        self._answer(leg, rows)
                case PacketIn():
                    self._packet(name, event, now)
        self._follow(now)

    def tick(self, now: float) -> None:
        """Notice what has not happened in time."""
        self._switches.tick(now)
        self._redundancy.tick(now)
        self._reroute(self._rerouting.tick(now))
        self._follow(now)

    def close(self) -> None:
        """End every connection; the entries stay."""
        self._switches.close()
        if self.counters:
            self._report("counted: " + ", ".join(f"{what} {count}" for what, count in sorted(self.counters.items())))

    def _packet(self, name: str, event: PacketIn, now: float) -> None:
        purpose = purpose_of(event.cookie)
        if purpose is Purpose.HEARTBEAT:
            self._told(Place(name, event.port), event.frame, now)
        elif purpose is Purpose.GATEWAY:
            self._asked(name, event.datapath, event.port, event.frame)
        elif purpose in _REFUSED:
            self._denied(name, event.datapath, event.port, event.frame)

    def _told(self, place: Place, frame: bytes, now: float) -> None:
        """The NF speaks: that it lives, or which sessions take another way."""
        heard = heartbeat.read(frame)
        if heard is not None:
            self._redundancy.heard(place, heard, now)
            self._further.heard(place, heard, now)
        moved, leg = ways.read(frame), self._legs.get((place, int.from_bytes(frame[6:12])))
        if moved and leg is not None:
            self._reroute(self._rerouting.heard(moved, leg, now))
            self._settle(tuple(row for row in moved if row.asks), leg, now)

    def _settle(self, asking: tuple[Moved, ...], leg: Leg, now: float) -> None:
        """First packets wait: let them go when their entries are there, and at once where there will be none."""
        laid = {row: self._rerouting.entries(row.flow) for row in asking}
        made = tuple(row for row, entries in laid.items() if entries)
        barriers = self._switches.barriers(entry for row in made for entry in laid[row]) if made else None
        if barriers is None:
            made = ()
        else:
            self._settling.begin(made, leg, barriers, now)
        self._answer(leg, [replace(row, first=False) for row in asking if row not in made])

    def _answer(self, leg: Leg, rows: Sequence[Moved]) -> None:
        for frame in ways.write_answers(rows, MAC.to_bytes(6), leg.mac.to_bytes(6)):
            self._switches.packet_out(leg.place, frame)

    def _reroute(self, change: Change) -> None:
        self._switches.lose(change.removed)
        self._switches.have(change.added)
        if change.moved:
            self.counters["sessions moved to another way"] += change.moved
        if change.kept:
            self.counters["sessions that keep their way"] += change.kept
        for fault in change.faults:
            self._report(f"sessions keep their way: {fault}")

    def _asked(self, name: str, datapath: Datapath, port: int, frame: bytes) -> None:
        answer = self._gateways.answer(self._interfaces[Place(name, port)], frame)
        if answer is not None:
            send(datapath, openflow.packet_out(datapath, port, answer))
            self.counters["questions for the SRX's own addresses answered"] += 1

    def _denied(self, name: str, datapath: Datapath, port: int, frame: bytes) -> None:
        denial = self._denials.judge(name, port, frame)
        if denial is None:
            return
        self._log(denial.records)
        self.counters["denials logged"] += len(denial.records)
        if denial.answer is not None:
            send(datapath, openflow.packet_out(datapath, port, denial.answer))
            self.counters["rejects answered"] += 1

    def _follow(self, now: float) -> None:
        """Report what has changed with the network functions, and have the switches' entries follow."""
        for news in self._further.news(now):
            self._reroute(self._rerouting.function_is(news.name, up=news.up, now=now))
            self._report(f"{news.name} up: sessions go through it again" if news.up else
                         f"{news.name} down: sessions that go through it take the usual way ({news.why})")
        before, state = self._known, self._redundancy.decide()
        if state is not before:
            self._known = state
            self._switches.nf_is(state, now)
            if before is not Nobody.UNDECIDED:
                self._reroute(self._rerouting.clear())  # the sessions have ended with the NF that they were in
            self._report(self._words(before, state))
        self._follow_nodes(told=state is not before)

    def _follow_nodes(self, *, told: bool) -> None:
        """Say what is new of each node; `told` where another line has just said which are up."""
        for name, up in self._redundancy.up.items():
            if up is not None and up is not self._up.get(name):
                self._up[name] = up
                self.counters[f"{name} {'up' if up else 'down'}"] += 1
                if not told:
                    self._report(f"{self._redundancy.words(name)} {'up' if up else f'down ({self._redundancy.why(name)})'}")
        for name, faults in self._redundancy.faults.items():
            if faults != self._faults.get(name, ()):
                self._faults[name] = faults
                self._report(f"{name} {'degraded: ' + '; '.join(faults) if faults else 'no longer degraded'}")

    def _words(self, before: State, state: State) -> str:
        clustered, why = len(self._redundancy.up) > 1, self._redundancy.why_down
        if not isinstance(state, str):
            closed, opened = self._modes[FailMode.CLOSED], self._modes[FailMode.OPEN]
            who = "chassis cluster" if clustered else next(iter(self._redundancy.up))
            return f"{who} down: {_policies(closed, 'fail')} closed, {opened} open ({why})"
        diverting = f"{_policies(self._modes.total(), 'divert')} to it"
        if not clustered:
            return f"{state} up: {diverting}"
        if isinstance(before, str):
            self.counters[f"failovers to {state}"] += 1
            return f"failover to {self._redundancy.words(state)}: {diverting}{f' ({why})' if why else ''}"
        return f"{self._redundancy.words(state)} primary: {diverting}"


def _policies(count: int, verb: str) -> str:
    return f"1 policy {verb}s" if count == 1 else f"{count} policies {verb}"
