"""The functions that ways lead through: which of them are there.

A wire is while its ports carry packets: it says nothing of itself. Another SRX is while it is heard from both of its legs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nf.controller.liveness import Liveness
from nf.controller.topology import Kind, NetworkFunction, Place
from nf.protocols.heartbeat import Heartbeat


@dataclass(frozen=True, slots=True)
class News:
    """A function has gone, and why, or is back."""

    name: str
    up: bool
    why: str = ""


class Wire:
    """The ports of a wire; nothing is concluded from the silence of their switches."""

    def __init__(self, function: NetworkFunction) -> None:
        self._ports: dict[Place, bool | None] = {leg.place: None for leg in function.legs}

    @property
    def up(self) -> bool | None:
        """Whether it is there; None while this is not known yet."""
        states = set(self._ports.values())
        return False if False in states else None if None in states else True

    @property
    def why_down(self) -> str:
        """Which ports are down."""
        return "port down at " + ", ".join(str(place) for place, up in self._ports.items() if up is False)

    def watch(self, switch: str, ports: Mapping[int, bool], now: float) -> None:  # noqa: ARG002 - as Liveness
        """A switch carries its entries; `ports` are those it has, and whether up."""
        for place in self._ports:
            if place.switch == switch:
                self._ports[place] = ports.get(place.port, False)

    def unwatch(self, switch: str) -> None:
        """A switch is gone."""

    def port(self, place: Place, up: bool) -> None:
        """The state of a port."""
        if place in self._ports:
            self._ports[place] = up

    def heard(self, place: Place, heartbeat: Heartbeat, now: float) -> None:
        """A wire has no heartbeat of its own."""

    def tick(self, now: float) -> None:
        """Nor is any missed."""


class Further:
    """Told what the switches tell; says what has changed. `now` is monotonic, in seconds."""

    def __init__(self, functions: Sequence[NetworkFunction]) -> None:
        self._functions: dict[str, Wire | Liveness] = {
            each.name: Wire(each) if each.kind is Kind.WIRE else Liveness(each, None) for each in functions}
        self._down: set[str] = set()  # of which this was said

    def watch(self, switch: str, ports: Mapping[int, bool], now: float) -> None:
        """A switch carries its entries; `ports` are those it has, and whether up."""
        for each in self._functions.values():
            each.watch(switch, ports, now)

    def unwatch(self, switch: str) -> None:
        """A switch is gone."""
        for each in self._functions.values():
            each.unwatch(switch)

    def port(self, place: Place, up: bool) -> None:
        """The state of a port."""
        for each in self._functions.values():
            each.port(place, up)

    def heard(self, place: Place, heartbeat: Heartbeat, now: float) -> None:
        """A heartbeat came in by a port."""
        for each in self._functions.values():
            each.heard(place, heartbeat, now)

    def news(self, now: float) -> list[News]:
        """What has changed since this was asked last."""
        found = []
        for name, each in self._functions.items():
            each.tick(now)
            if each.up is not None and each.up is (name in self._down):
                (self._down.discard if each.up else self._down.add)(name)
                found.append(News(name, each.up, "" if each.up else each.why_down))
        return found
