"""What a policy matches on, with names resolved: addresses and applications."""

from collections.abc import Iterator
from dataclasses import dataclass

from hwmodel.session import FiveTuple, IpAddress
from nf.policy.zones import IpNetwork

ANY = "any"


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """Addresses of a policy: the names as written and the prefixes that they stand for.

    Names of several entries are joined; `negated` is Junos's `source-address-excluded`, `destination-address-excluded`.
    """

    names: tuple[str, ...]
    prefixes: tuple[IpNetwork, ...]
    negated: bool = False

    def covers(self, address: IpAddress) -> bool:
        """Whether the address is one of them."""
        return any(address in prefix for prefix in self.prefixes) is not self.negated


@dataclass(frozen=True, slots=True)
class PortRange:
    """Ports from low to high, both included; the default is every port."""

    low: int = 0
    high: int = 65535

    def __contains__(self, port: int) -> bool:
        return self.low <= port <= self.high


@dataclass(frozen=True, slots=True)
class ApplicationTerm:
    """One protocol and its ports; protocol None is every protocol."""

    protocol: int | None = None
    source_ports: PortRange = PortRange()
    destination_ports: PortRange = PortRange()
    icmp_type: int | None = None
    icmp_code: int | None = None

    def covers(self, flow: FiveTuple) -> bool:
        """Whether an initiator's flow is of this protocol and ports (ICMP types are not part of a five-tuple)."""
        return ((self.protocol is None or self.protocol == flow.proto)
                and flow.sport in self.source_ports and flow.dport in self.destination_ports)


@dataclass(frozen=True, slots=True)
class Application:
    """A named application: predefined `junos-*`, custom, or `any`."""

    name: str
    terms: tuple[ApplicationTerm, ...]
    inactivity_timeout: int | None = None  # seconds; None is the protocol's default, 0 is never

    def covers(self, flow: FiveTuple) -> bool:
        """Whether one of its terms covers the flow."""
        return any(term.covers(flow) for term in self.terms)


@dataclass(frozen=True, slots=True)
class ApplicationMatch:
    """Applications of a policy with application sets unfolded; `names` is what the operator wrote."""

    names: tuple[str, ...]
    applications: tuple[Application, ...]

    def find(self, flow: FiveTuple) -> Application | None:
        """The first application that covers the flow."""
        return next((application for application in self.applications if application.covers(flow)), None)

    def terms(self) -> Iterator[ApplicationTerm]:
        """Every term of every application, in order."""
        for application in self.applications:
            yield from application.terms
