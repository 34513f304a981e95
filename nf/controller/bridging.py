"""What the controller does while it only learns: first entries for each switch, and a pair more for each station."""

from collections.abc import Callable

from nf.controller import learning, openflow
from nf.controller.cookies import generation_of, purpose_of
from nf.controller.events import Event, Joined, PacketIn
from nf.controller.intents import Purpose
from nf.controller.switches import Switches, send
from nf.controller.topology import Switch, Topology


class Bridging:
    """The switches of a topology, or without one any switch that comes; one thread owns this state."""

    def __init__(self, topology: Topology | None, report: Callable[[str], None]) -> None:
        self._report = report
        self._known = Switches(topology, learning.wanted(topology), report) if topology else None
        self._alone: dict[int, Switches] = {}  # by datapath id, where there is no topology

    def receive(self, event: Event, now: float) -> None:
        """Take in one event; `now` in seconds of a monotonic clock."""
        if isinstance(event, Joined):
            self._welcome(event.datapath.id)
        switches = self._known or self._alone.get(event.datapath.id)
        if switches is None:
            return  # a connection that has ended before its switch said which one it is
        switches.receive(event, now)
        if isinstance(event, PacketIn) and switches.name_of(event.datapath) is not None:
            self._learn(event)

    def tick(self, now: float) -> None:
        """Notice what has not happened in time."""
        for switches in self._all():
            switches.tick(now)

    def close(self) -> None:
        """End every connection; the entries stay."""
        for switches in self._all():
            switches.close()

    def _all(self) -> list[Switches]:
        return [self._known] if self._known else list(self._alone.values())

    def _welcome(self, dpid: int) -> None:
        if self._known or dpid in self._alone:
            return
        alone = Topology((Switch(f"{dpid:#x}", dpid),))
        self._alone[dpid] = Switches(alone, learning.wanted_alone(dpid), self._report)
        if len(self._alone) == 2:
            self._report("warning: several switches and no --topology: links between them must not form a loop")

    def _learn(self, event: PacketIn) -> None:
        station = learning.sender(event.frame)
        if station is None or purpose_of(event.cookie) is not Purpose.SENDER_NEW:
            return
        datapath, current = event.datapath, generation_of(event.cookie)
        known, reached = learning.learnt(datapath.id, event.port, station)
        # It may have been seen elsewhere before; what is there for its old port must not outlive the move.
        send(datapath, openflow.remove_matching(datapath, known.purpose, known.match[1:]))
        send(datapath, openflow.barrier(datapath))
        for intent, seconds in ((known, learning.SENDER_SECONDS), (reached, learning.ADDRESSEE_SECONDS)):
            send(datapath, openflow.lasting(datapath, intent, current, seconds))
