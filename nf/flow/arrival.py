"""A session's first packet, and where in the configuration it is."""

from msgspec import Struct

from hwmodel.session import FiveTuple
from nf.log.records import SessionFacts, ends_of
from nf.policy.systems import LogicalSystem
from nf.policy.zones import Interface, Zone


class Arrival(Struct, frozen=True, gc=False):
    """A session's first packet and where it is: its system, and zone and interface of either side."""

    system: LogicalSystem
    session_id: int
    flow: FiveTuple
    source: tuple[Zone, Interface]
    destination: tuple[Zone, Interface]
    now: float = 0.0  # monotonic, in seconds

    def facts(self, policy_name: str) -> SessionFacts:
        """What every message of the session says while its policy waits."""
        (source, ingress), (destination, egress) = self.source, self.destination
        return SessionFacts(self.session_id, self.flow, ends_of(self.flow), policy_name, source.name, destination.name,
                            ingress.name, egress.name, logical_system=self.system.name)
