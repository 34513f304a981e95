"""What the controller does: entries follow the NF's state, denied packets are logged and answered."""

from collections import Counter
from collections.abc import Callable

from nf.config.configuration import Configuration
from nf.controller import openflow
from nf.controller.cookies import purpose_of
from nf.controller.denials import Denials
from nf.controller.detours import Detours
from nf.controller.events import Datapath, Event, Left, PacketIn, PortChanged
from nf.controller.further import Further
from nf.controller.gateways import gateways
from nf.controller.intents import Purpose
from nf.controller.liveness import Liveness
from nf.controller.rerouting import Change, Rerouting
from nf.controller.steering import wanted
from nf.controller.switches import Switches, send
from nf.controller.topology import Place, Topology
from nf.controller.verdicts import diverts, fail_mode
from nf.log.records import LogRecord
from nf.policy.policies import FailMode
from nf.protocols import heartbeat, ways

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
        self._liveness = Liveness(topology.nf, configuration.digest)
        self._rerouting = Rerouting(Detours(configuration.systems, topology))
        self._switches = Switches(topology, wanted(configuration, topology), report, self._rerouting.of)
        self._further = Further(topology.further)
        self._legs = {(leg.place, leg.mac): leg for leg in topology.legs()}  # they may share a port
        self._name = topology.nf.name if topology.nf else ""
        self._modes = Counter(fail_mode(policy) for _, policy in configuration.systems.policies if diverts(policy))
        self._known: bool | None = None  # what was reported last of the NF's state, and of its faults
        self._faults: tuple[str, ...] = ()

    def receive(self, event: Event, now: float) -> None:
        """Take in one event."""
        name = self._switches.name_of(event.datapath)
        ready = self._switches.receive(event, now)
        if ready is not None:
            ports = {number: openflow.carries(port) for number, port in event.datapath.ports.items()}
            self._liveness.watch(ready, ports, now)
            self._further.watch(ready, ports, now)
        if name is not None:
            match event:
                case Left():
                    self._liveness.unwatch(name)
                    self._further.unwatch(name)
                case PortChanged():
                    self._liveness.port(Place(name, event.port), event.up)
                    self._further.port(Place(name, event.port), event.up)
                case PacketIn():
                    self._packet(name, event, now)
        self._follow(now)

    def tick(self, now: float) -> None:
        """Notice what has not happened in time."""
        self._switches.tick(now)
        self._liveness.tick(now)
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
            self._liveness.heard(place, heard, now)
            self._further.heard(place, heard, now)
        moved, leg = ways.read(frame), self._legs.get((place, int.from_bytes(frame[6:12])))
        if moved and leg is not None:
            self._reroute(self._rerouting.heard(moved, leg, now))

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
        """Report what has changed with the NF and other functions, and have the switches' entries follow their state."""
        for news in self._further.news(now):
            self._reroute(self._rerouting.function_is(news.name, up=news.up, now=now))
            self._report(f"{news.name} up: sessions go through it again" if news.up else
                         f"{news.name} down: sessions that go through it take the usual way ({news.why})")
        up = self._liveness.up
        if up is not None and up is not self._known:
            if (up, self._known) != (True, None):  # nothing else than up was taken for granted
                self._switches.nf_is(up=up, now=now)
            if not up:
                self._reroute(self._rerouting.clear())
            self._known = up
            self.counters[f"{self._name} {'up' if up else 'down'}"] += 1
            self._report(f"{self._name} {self._diverting() if up else self._failing()}")
        if self._liveness.faults != self._faults:
            self._faults = self._liveness.faults
            state = f"degraded: {'; '.join(self._faults)}" if self._faults else "no longer degraded"
            self._report(f"{self._name} {state}")

    def _diverting(self) -> str:
        return f"up: {_policies(self._modes.total(), 'divert')} to it"

    def _failing(self) -> str:
        closed, opened = self._modes[FailMode.CLOSED], self._modes[FailMode.OPEN]
        return f"down: {_policies(closed, 'fail')} closed, {opened} open ({self._liveness.why_down})"


def _policies(count: int, verb: str) -> str:
    return f"1 policy {verb}s" if count == 1 else f"{count} policies {verb}"
