"""Which sessions of the SSL proxy are traced, how much is written of them and where (Junos: `services ssl traceoptions`)."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final, Literal

from hwmodel.session import FiveTuple

Level = Literal["brief", "detail", "extensive", "verbose"]
Flag = Literal["cli-configuration", "termination", "initiation", "proxy", "selected-profile", "all"]

LEVELS: Final[tuple[Level, ...]] = ("brief", "detail", "extensive", "verbose")
_SUBJECTS: Final = frozenset({"cli-configuration", "termination", "initiation", "proxy"})


@dataclass(frozen=True, slots=True)
class TraceFile:
    """`file`: name, when it is turned over, who may read it, and which lines are written (a regular expression)."""

    name: str = "ssl_trace"  # seen on devices, as is the size
    size: str = "128k"
    files: int = 3
    world_readable: bool = False
    match: str | None = None


@dataclass(frozen=True, slots=True)
class PacketFilter:
    """`packet-filter`: every condition that is given must hold of the initiator's flow."""

    source_ip: IPv4Address | IPv6Address | None = None
    destination_ip: IPv4Address | IPv6Address | None = None
    source_port: int | None = None
    destination_port: int | None = None

    def covers(self, flow: FiveTuple) -> bool:
        """Whether this flow is meant."""
        pairs = ((self.source_ip, flow.src), (self.destination_ip, flow.dst),
                 (self.source_port, flow.sport), (self.destination_port, flow.dport))
        return all(wanted in (None, found) for wanted, found in pairs)


@dataclass(frozen=True, slots=True)
class TraceOptions:
    """What is traced. Without `traceoptions`, or without a flag, profiles with `enable-flow-tracing` alone are."""

    file: TraceFile = TraceFile()
    level: Level = "brief"
    flags: frozenset[Flag] = frozenset()
    packet_filter: PacketFilter = PacketFilter()

    @property
    def subjects(self) -> frozenset[str]:
        """What is written about; everything, where the flags name nothing."""
        named = self.flags & _SUBJECTS
        return frozenset(named) if named and "all" not in self.flags else _SUBJECTS

    @property
    def only_selected(self) -> bool:
        """Whether only profiles with `enable-flow-tracing` are traced."""
        return not self.flags or "selected-profile" in self.flags

    def wants(self, flow: FiveTuple, *, selected: bool) -> bool:
        """Whether a session is traced; `selected` says that its profile has `enable-flow-tracing`."""
        return (selected or not self.only_selected) and self.packet_filter.covers(flow)
