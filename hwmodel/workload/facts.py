"""What a workload is: rates, times, sizes and shares, as an operator states them."""

from dataclasses import asdict, dataclass, replace
from math import inf
from typing import Any

from hwmodel.failure import Failure


@dataclass(frozen=True, slots=True)
class SizeClass:
    """Sessions (or packets) of so many bytes, and how frequent they are among all."""

    bytes: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Spread:
    """How values lie about their mean: the name of a distribution, and its shape.

    The shape is the standard deviation of the logarithm (lognormal) or the tail index, above 1 (pareto); the others
    (constant, exponential, uniform) have none.
    """

    distribution: str = "exponential"
    shape: float = 0.0


@dataclass(frozen=True, slots=True)
class RateState:
    """A state of a Markov-modulated load: sessions a second while it lasts, and seconds that it lasts in the mean."""

    rate: float
    mean_time: float


@dataclass(frozen=True, slots=True)
class Workload:
    """An open load; the default is a lecture-sized piece of a lab test, with TCP sessions that arrive at random.

    Rates are sessions a second, times seconds, shares between 0 and 1. 4 s and 44 KB are what an SRX1600 was measured
    with; `resumed_share` counts among decrypted sessions, `decrypted_share` among TLS sessions. With `parts` the load
    is that of all parts together, and the other values are only what the parts were made from.
    """

    arrival_rate: float = 1000.0
    duration: float = 10.0
    mean_life: float = 4.0
    sizes: tuple[SizeClass, ...] = (SizeClass(45_056),)
    tls_share: float = 0.8
    decrypted_share: float = 1.0
    resumed_share: float = 0.5
    inspected_share: float = 1.0  # of the sessions whose plaintext can be seen
    ipv6_share: float = 0.0
    clients: int = 1000
    servers: int = 50
    description: str = ""
    gaps: Spread = Spread()  # between arrivals; exponential is a Poisson process
    lives: Spread = Spread()
    size_spread: Spread = Spread("constant")
    final_rate: float = 0.0  # the rate grows (or falls) to this by the end; 0: it stays
    states: tuple[RateState, ...] = ()  # of a Markov-modulated rate, which then stands for `arrival_rate`
    sessions: int = 0  # exactly so many, all from `start`; 0: as many as the rate gives
    start: float = 0.0
    packet_sizes: tuple[SizeClass, ...] = ()  # a mix of packets; none: TCP segments and their acknowledgements
    protocol: str = "tcp"
    server_port: int = 443
    half_open: bool = False  # one SYN and no more
    fragmented_share: float = 0.0
    offloadable_share: float = 0.0
    priority: str = "low"
    handshake: str = ""  # one of `hwmodel.work.HANDSHAKES`; none: of no particular kind
    ingress_ports: int = 8
    parts: "tuple[Workload, ...]" = ()
    failure: tuple[Failure, ...] = ()  # of the box's SPUs while it carries the whole load

    def faster(self, factor: float) -> "Workload":
        """The same load with so many times the sessions a second; those that are counted one by one stay as many."""
        return replace(
            self,
            arrival_rate=self.arrival_rate * factor,
            final_rate=self.final_rate * factor,
            states=tuple(replace(state, rate=state.rate * factor) for state in self.states),
            parts=tuple(part.faster(factor) for part in self.parts),
        )

    def shorter(self, share: float) -> "Workload":
        """The first part of the same load, watched for that share of the time; states and lives last as long as ever."""
        parts = tuple(part.shorter(share) for part in self.parts)
        return replace(self, duration=self.duration * share, start=self.start * share, parts=parts)

    def as_dict(self) -> dict[str, object]:
        """The same in numbers, texts, lists and dictionaries alone."""
        return asdict(self, dict_factory=_listed)


def _listed(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    return {key: list(value) if isinstance(value, tuple) else None if value == inf else value for key, value in pairs}
