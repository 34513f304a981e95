"""Whether the network function lives: its legs' heartbeats, the state of their ports, and what it says of itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nf.controller.topology import Leg, NetworkFunction, Place
from nf.protocols.heartbeat import INTERVAL, Heartbeat

MISSED = 3  # heartbeats in a row, after which a leg is dead
PATIENCE = (MISSED + 0.5) * INTERVAL  # seconds; half an interval is for the way
RETURNED = 2  # heartbeats in a row, after which a dead leg is alive again
_SHOWN = 12  # digits of a digest


@dataclass(slots=True)
class _Pulse:
    """A leg; `alive` is None until something is known, `deadline` is None while nothing can be heard."""

    leg: Leg
    alive: bool | None = None
    deadline: float | None = None
    beats: int = 0  # in a row
    fault: str = ""
    why: str = ""


class Liveness:
    """The NF is up while every leg is: a session needs the leg that it comes in by and the one that it leaves by.

    Nothing is concluded from the silence of a switch: it goes on with its entries while the controller is away, so what
    was known last stays, and the patience of its legs begins anew when it is back. Without a digest it may run whatever
    configuration it likes. `now` is monotonic, in seconds.
    """

    def __init__(self, nf: NetworkFunction | None, digest: str | None) -> None:
        self._digest = None if digest is None else bytes.fromhex(digest)
        self._pulses = [_Pulse(leg) for leg in (nf.legs if nf else ())]
        self.primary = False  # what it said last: that it is the primary node of its chassis cluster

    @property
    def up(self) -> bool | None:
        """Whether it is; None while this is not known yet."""
        states = {pulse.alive for pulse in self._pulses}
        return False if False in states else None if None in states else True

    @property
    def returning(self) -> bool:
        """Whether it is down, and every dead leg has been heard from again."""
        return self.up is False and all(pulse.beats for pulse in self._pulses if pulse.alive is False)

    @property
    def why_down(self) -> str:
        """Which legs are dead, and why."""
        dead = [pulse for pulse in self._pulses if pulse.alive is False]
        reasons = dict.fromkeys(pulse.why for pulse in dead)
        return "; ".join(f"{why} at {_places(dead, why)}" for why in reasons)

    @property
    def faults(self) -> tuple[str, ...]:
        """What the NF's heartbeats say that should be otherwise."""
        return tuple(dict.fromkeys(pulse.fault for pulse in self._pulses if pulse.fault))

    def watch(self, switch: str, ports: Mapping[int, bool], now: float) -> None:
        """A switch carries its entries: from now on its legs can be heard; `ports` are those it has, and whether up."""
        for pulse in self._pulses:
            if pulse.leg.place.switch == switch and pulse.deadline is None:
                pulse.deadline = now + PATIENCE
                self.port(pulse.leg.place, ports.get(pulse.leg.place.port, False))

    def unwatch(self, switch: str) -> None:
        """A switch is gone: nothing more can be heard of its legs."""
        for pulse in self._pulses:
            if pulse.leg.place.switch == switch:
                pulse.deadline, pulse.beats = None, 0

    def port(self, place: Place, up: bool) -> None:
        """The state of a port; one that is up again has yet to be heard of."""
        for pulse in self._at(place):
            if not up:
                self._lost(pulse, "port down")

    def heard(self, place: Place, heartbeat: Heartbeat, now: float) -> None:
        """A heartbeat came in by a port; from anywhere but a leg it means nothing."""
        here = self._at(place)
        if not here:
            return
        own = (each for each in here if each.leg.interface == heartbeat.interface)  # legs may share a port
        pulse = next(own, here[0])
        pulse.deadline, pulse.beats = now + PATIENCE, pulse.beats + 1
        pulse.fault, self.primary = self._fault(pulse.leg, heartbeat), heartbeat.primary
        if heartbeat.leaving:
            for each in self._pulses:
                self._lost(each, "ended")
        elif pulse.alive is None or pulse.beats >= RETURNED:
            pulse.alive = True

    def tick(self, now: float) -> None:
        """Legs that were not heard of for too long are dead."""
        for pulse in self._pulses:
            if pulse.deadline is not None and now >= pulse.deadline:
                self._lost(pulse, pulse.why if pulse.alive is False else "no heartbeat")

    def _at(self, place: Place) -> list[_Pulse]:
        return [pulse for pulse in self._pulses if pulse.leg.place == place]

    @staticmethod
    def _lost(pulse: _Pulse, why: str) -> None:
        pulse.alive, pulse.why, pulse.beats = False, why, 0

    def _fault(self, leg: Leg, heartbeat: Heartbeat) -> str:
        if heartbeat.interface != leg.interface:
            return f"at {leg.place} is its leg {heartbeat.interface!r}, expected '{leg.interface}'"
        if self._digest is not None and heartbeat.digest != self._digest:
            return (f"it runs another configuration than the controller (digest {heartbeat.digest.hex()[:_SHOWN]}, "
                    f"expected {self._digest.hex()[:_SHOWN]})")
        return ""


def _places(pulses: Iterable[_Pulse], why: str) -> str:
    return ", ".join(dict.fromkeys(str(pulse.leg.place) for pulse in pulses if pulse.why == why))
