"""A session's first packet, and where in the configuration it is."""

from msgspec import Struct

from hwmodel.session import FiveTuple
from nf.log.records import SessionFacts
from nf.policy.match import Application
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

    def facts(self, policy_name: str, application: Application | None = None) -> SessionFacts:
        """What every message of the session says."""
        named = application is not None and application.name.startswith("junos-")
        (source, ingress), (destination, egress) = self.source, self.destination
        return SessionFacts(
            session_id=self.session_id, five_tuple=self.flow, policy_name=policy_name, source_zone=source.name,
            destination_zone=destination.name, source_interface=ingress.name, destination_interface=egress.name,
            service_name=application.name if named and application is not None else "None",
            logical_system=self.system.name)
