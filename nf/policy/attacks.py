"""Attacks: what intrusion detection looks for.

An attack is made of members, each of which looks at one context (a part of a message, or the stream) by its tests. Junos's
custom attacks, rule files and the attacks shipped with srxnf are all written down in these words.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeAlias

from hwmodel.session import Direction, FiveTuple, IpAddress
from nf.policy.match import AddressMatch, PortRange

STREAM = "stream"  # the context of what TCP carried, whatever it means
RateKind = Literal["threshold", "limit", "both", "filter"]
RateScope = Literal["source", "destination", "peer", "session"]


class Severity(Enum):
    """How bad an attack is; in the order of weight."""

    INFO = "info"
    WARNING = "warning"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class IdpAction(Enum):
    """What becomes of a session; in the order of weight where several rules speak of one attack."""

    NONE = "no-action"
    IGNORE = "ignore-connection"
    MARK = "mark-diffserv"
    CLOSE_CLIENT = "close-client"
    CLOSE_SERVER = "close-server"
    CLOSE = "close-client-and-server"
    DROP_PACKET = "drop-packet"
    DROP = "drop-connection"
    RECOMMENDED = "recommended"  # what the attack says

    @property
    def ends(self) -> bool:
        """Whether the session is over then."""
        return self in _ENDING


_ENDING = frozenset({IdpAction.CLOSE_CLIENT, IdpAction.CLOSE_SERVER, IdpAction.CLOSE, IdpAction.DROP_PACKET, IdpAction.DROP})


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes to be found, from the buffer's beginning or, with `distance` or `within`, from the end of what was found before."""

    pattern: bytes
    nocase: bool = False
    negated: bool = False
    offset: int = 0
    depth: int | None = None  # counted from offset
    distance: int | None = None
    within: int | None = None  # counted from distance
    at_end: bool = False
    fast: bool = False  # the one to look for first

    @property
    def relative(self) -> bool:
        """Whether it is looked for behind what was found before."""
        return self.distance is not None or self.within is not None


@dataclass(frozen=True, slots=True)
class Regex:
    """An expression to be found; offsets are where the match may end, lengths and distances as hyperscan has them."""

    expression: str
    nocase: bool = False
    dotall: bool = False
    multiline: bool = False
    negated: bool = False
    relative: bool = False
    min_offset: int | None = None
    max_offset: int | None = None
    min_length: int | None = None
    edit_distance: int | None = None
    hamming_distance: int | None = None


@dataclass(frozen=True, slots=True)
class DataAt:
    """There are so many more bytes, counted from the beginning or from what was found before."""

    count: int
    relative: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Size:
    """The whole buffer has between `low` and `high` bytes, both included."""

    low: int = 0
    high: int | None = None


Test: TypeAlias = Content | Regex | DataAt | Size


@dataclass(frozen=True, slots=True)
class Member:
    """All tests hold of one buffer of a context."""

    context: str
    tests: tuple[Test, ...]
    direction: Direction | None = None  # None: both
    name: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often an attack must be seen, or may be told, within so many seconds, counted by address or session."""

    kind: RateKind
    count: int
    seconds: float
    scope: RateScope


@dataclass(frozen=True, slots=True)
class Bit:
    """A mark on the session that an attack leaves or asks for: set, unset, toggle, isset, isnotset."""

    action: str
    names: tuple[str, ...]  # one of them is enough to be set


@dataclass(frozen=True, slots=True)
class Ends:
    """Addresses and ports of one end, None for any; what is excluded comes off."""

    addresses: AddressMatch | None = None
    excluded: AddressMatch | None = None
    ports: tuple[PortRange, ...] = ()
    excluded_ports: tuple[PortRange, ...] = ()

    def cover(self, address: IpAddress, port: int) -> bool:
        """Whether an end is one of them."""
        return ((self.addresses is None or self.addresses.covers(address))
                and (self.excluded is None or not self.excluded.covers(address))
                and (not self.ports or any(port in ports for ports in self.ports))
                and not any(port in ports for ports in self.excluded_ports))


@dataclass(frozen=True, slots=True)
class Header:
    """Where what is looked at comes from and goes to."""

    source: Ends = Ends()
    destination: Ends = Ends()
    both_ways: bool = False

    def covers(self, flow: FiveTuple, direction: Direction) -> bool:
        """Whether data of this direction of an initiator's flow is meant."""
        ends = ((flow.src, flow.sport), (flow.dst, flow.dport))
        sender, receiver = ends if direction is Direction.C2S else ends[::-1]
        straight = self.source.cover(*sender) and self.destination.cover(*receiver)
        return straight or (self.both_ways and self.source.cover(*receiver) and self.destination.cover(*sender))


@dataclass(frozen=True, slots=True)
class Attack:
    """What is looked for. It is found when all members are, or as many as `expression` (postfix words) asks for."""

    name: str
    members: tuple[Member, ...]
    severity: Severity = Severity.WARNING
    recommended: IdpAction = IdpAction.NONE
    category: str = ""
    message: str = ""
    anomaly: bool = False  # its members' contexts are kinds of anomalies
    session: bool = False  # members count over the whole session, else within one exchange
    ordered: bool = False
    resets: bool = False  # may be found again in the same session
    expression: tuple[str, ...] = ()
    rate: Rate | None = None
    ports: tuple[PortRange, ...] = ()  # the server's
    protocol: str = ""  # of the session, as readers name it: http, smtp, …; empty: any
    header: Header = Header()
    bits: tuple[Bit, ...] = ()
    silent: bool = False  # leaves its marks and nothing else
