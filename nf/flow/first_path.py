"""The first path: zones, policy look-up, services and the SSL proxy's plan for a session's first packet."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from hwmodel.session import FiveTuple
from nf.flow.entry import Refusal, SessionEntry
from nf.inspection.inspection import Inspection
from nf.log.records import SessionFacts
from nf.policy.match import ANY, AddressMatch, Application, ApplicationMatch, ApplicationTerm
from nf.policy.policies import Action, Policy
from nf.policy.profile import NonSslThreshold
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.zones import Interface, Zone
from nf.services import Attachment, ServiceType, attach_all
from nf.sslproxy.plan import Plan, Timeouts
from nf.sslproxy.reasons import Reason

DEFAULT_POLICY = "default-policy"
NO_ZONE = Zone("N/A")
_ANYWHERE = AddressMatch((ANY,), (IPv4Network("0.0.0.0/0"), IPv6Network("::/0")))
_ANYTHING = ApplicationMatch((ANY,), (Application(ANY, (ApplicationTerm(),)),))
PERMIT_ALL = Policy(DEFAULT_POLICY, (), (), _ANYWHERE, _ANYWHERE, _ANYTHING, Action.PERMIT)  # `permit-all`


@dataclass(frozen=True, slots=True)
class FirstPath:
    """What an SPU knows when a session's first packet arrives; the same facts for every SPU."""

    systems: Systems
    services: tuple[ServiceType, ...]
    threshold: NonSslThreshold = NonSslThreshold()
    timeouts: Timeouts = Timeouts()

    def admit(self, session_id: int, flow: FiveTuple, ingress: Interface, egress: Interface) -> SessionEntry | Refusal:
        """Look the initiator's flow up in the system that it came in by, and lay out what happens to it."""
        system = self.systems.of(ingress.name)
        source, destination = _zone(system, ingress), _zone(system, egress)
        policy = _policy(system, source, destination, flow)
        application = None if policy is None else policy.application.find(flow)
        facts = _facts(system, session_id, flow, policy, application, (source, ingress), (destination, egress))
        if policy is None or policy.action is not Action.PERMIT:
            return Refusal(facts, Action.DENY if policy is None else policy.action, policy)
        attachment = Attachment(facts, policy, source, destination, system.app_tracking)
        inspection = Inspection(tuple(attach_all(self.services, attachment)))
        plan = self._plan(system, facts, policy, application, inspection)
        return SessionEntry(flow, policy, egress, facts, plan, inspection)

    def _plan(self, system: LogicalSystem, facts: SessionFacts, policy: Policy, application: Application | None,
              inspection: Inspection) -> Plan:
        """SSL proxy acts only with a profile and a service that wants the plaintext; a whitelist exempts servers."""
        profile = system.ssl_profiles.get(policy.services.ssl_proxy_profile or "")
        bypass = None
        if profile is None:
            bypass = Reason.NO_PROFILE
        elif not inspection.active:
            bypass = Reason.NO_SERVICE
        elif profile.whitelist.covers(facts.five_tuple.dst):
            bypass = Reason.WHITELISTED
        categories = () if profile is None else profile.whitelist_url_categories
        exempt = tuple(system.url_categories[name] for name in categories if name in system.url_categories)
        return Plan(facts, profile, bypass, self.threshold, self._timeouts(application), exempt)

    def _timeouts(self, application: Application | None) -> Timeouts:
        if application is None or application.inactivity_timeout is None:
            return self.timeouts
        idle = float(application.inactivity_timeout) or float("inf")
        return Timeouts(self.timeouts.silence, self.timeouts.connect, self.timeouts.handshake, idle)


def _zone(system: LogicalSystem, interface: Interface) -> Zone:
    """The zone of an interface, none where it is of another system: what crosses is always denied."""
    return system.zone_map.zone_of(interface.name) or NO_ZONE


def _policy(system: LogicalSystem, source: Zone, destination: Zone, flow: FiveTuple) -> Policy | None:
    """The policy that decides, none for an interface outside every zone: such traffic is always denied."""
    if NO_ZONE in (source, destination):
        return None
    policy = system.policies.lookup(source.name, destination.name, flow)
    return PERMIT_ALL if policy is None and system.policies.default is Action.PERMIT else policy


def _facts(system: LogicalSystem, session_id: int, flow: FiveTuple, policy: Policy | None,
           application: Application | None, source: tuple[Zone, Interface],
           destination: tuple[Zone, Interface]) -> SessionFacts:
    named = application is not None and application.name.startswith("junos-")
    return SessionFacts(
        session_id=session_id, five_tuple=flow, policy_name=DEFAULT_POLICY if policy is None else policy.name,
        source_zone=source[0].name, destination_zone=destination[0].name,
        source_interface=source[1].name, destination_interface=destination[1].name,
        service_name=application.name if named and application is not None else "None", logical_system=system.name)
