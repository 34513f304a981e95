"""A session for services to be attached to."""

from dataclasses import replace
from ipaddress import ip_address, ip_network

from msgspec import structs

from hwmodel.session import Direction, FiveTuple
from nf.log.records import LogRecord, SessionFacts, Volume, ends_of
from nf.policy.match import ANY, AddressMatch, Application, ApplicationMatch, ApplicationTerm
from nf.policy.policies import Action, Policy
from nf.policy.profile import AppTracking
from nf.policy.systems import LogicalSystem
from nf.policy.zones import Zone
from nf.services import Attachment, Piece

FLOW = FiveTuple(ip_address("192.0.2.10"), 35090, ip_address("203.0.113.5"), 443)
FACTS = SessionFacts(23, FLOW, ends_of(FLOW), "web-out", "trust", "untrust", "ge-0/0/0.0", "ge-0/0/1.0", "junos-https")
ANYWHERE = AddressMatch((ANY,), (ip_network("0.0.0.0/0"), ip_network("::/0")))
ANYTHING = ApplicationMatch((ANY,), (Application(ANY, (ApplicationTerm(),)),))
POLICY = Policy("web-out", ("trust",), ("untrust",), ANYWHERE, ANYWHERE, ANYTHING, Action.PERMIT)
TRUST = Zone("trust", ("ge-0/0/0.0",), application_tracking=True)
UNTRUST = Zone("untrust", ("ge-0/0/1.0",))
TRACKED = AppTracking()
VOLUME = Volume(10, 3737, 13, 4971, 2)


def attachment(source: Zone = TRUST, destination: Zone = UNTRUST, options: AppTracking = TRACKED) -> Attachment:
    return Attachment(POLICY, source, destination, LogicalSystem(app_tracking=options), FACTS)


def facts_of(flow: FiveTuple, session_id: int = 23) -> SessionFacts:
    return structs.replace(FACTS, session_id=session_id, five_tuple=flow, ends=ends_of(flow))


def untracked(zone: Zone) -> Zone:
    return replace(zone, application_tracking=False)


def field(record: LogRecord, name: str) -> str:
    return dict(record.fields)[name]


def piece(direction: Direction, data: bytes, encrypted: bool = True, start: int = 0) -> Piece:
    return Piece(direction, data, start, encrypted, 0.0)
