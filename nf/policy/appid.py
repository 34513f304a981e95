"""Application identification (Junos: `services application-identification`): how far it looks, and custom applications."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hwmodel.session import FiveTuple
from nf.policy.match import PortRange
from nf.policy.zones import IpNetwork

Side = Literal["client-to-server", "server-to-client", "any"]

BYTE_LIMIT = 6000  # the grammar's default of `inspection-limit tcp byte-limit`
CACHE_TIMEOUT = 3600  # seconds; the grammar has no default, this one is ours


@dataclass(frozen=True, slots=True)
class Member:
    """One condition of a signature: a pattern that what a context holds begins with, in its first `depth` bytes."""

    context: str
    pattern: str
    direction: Side = "any"
    depth: int | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Members that must all fit, over a carrier (`HTTP`, `SSL`, `TCP`), at some of the server's ports where any are named."""

    name: str
    over: str
    members: tuple[Member, ...]
    ports: tuple[PortRange, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressMapping:
    """An application by the address and port of its servers alone; None is any address, no ports are all."""

    network: IpNetwork | None
    tcp_ports: tuple[PortRange, ...] = ()
    any_port: bool = False  # no ports are named at all

    def covers(self, flow: FiveTuple) -> bool:
        """Whether a flow's server is one of them."""
        return ((self.network is None or flow.dst in self.network)
                and (self.any_port or any(flow.dport in ports for ports in self.tcp_ports)))


@dataclass(frozen=True, slots=True)
class CustomApplication:
    """An application of one's own; the higher priority and then the lower order is asked first."""

    name: str
    signatures: tuple[Signature, ...] = ()
    addresses: tuple[AddressMapping, ...] = ()
    priority: Literal["high", "low"] = "low"  # high: before what is predefined
    order: int = 50000
    risk: int = 0
    cacheable: bool = False


@dataclass(frozen=True, slots=True)
class ApplicationIdentification:
    """What the configuration says of it."""

    applications: tuple[CustomApplication, ...] = ()  # in the order in which they are asked
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)  # of one's own, unfolded: group -> applications
    byte_limit: int = BYTE_LIMIT  # of the client's and of the server's bytes each
    caches: bool = True
    cache_for_security: bool = False  # policies and AppFW too go by the cache
    cache_for_others: bool = True  # AppTrack and APBR do
    cache_timeout: int = CACHE_TIMEOUT  # seconds
    off: bool = False  # `no-application-identification`

    def groups_of(self, application: str) -> frozenset[str]:
        """The groups of one's own that an application is in."""
        return frozenset(group for group, members in self.groups.items() if application in members)
