"""The first path: zones, policy look-up, services and the SSL proxy's plan for a session's first packet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from hwmodel.session import FiveTuple
from nf.flow.entry import Refusal, SessionEntry
from nf.inspection.inspection import Inspection
from nf.log.records import SessionFacts
from nf.policy.match import ANY, AddressMatch, Application, ApplicationMatch, ApplicationTerm
from nf.policy.policies import Action, Policy, PolicyTable
from nf.policy.profile import AppTracking, NonSslThreshold, SslProxyProfile
from nf.policy.url_categories import UrlCategory
from nf.policy.zones import Interface, Zone, ZoneMap
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

    zones: ZoneMap
    policies: PolicyTable
    profiles: Mapping[str, SslProxyProfile]
    services: tuple[ServiceType, ...]
    app_tracking: AppTracking = AppTracking()
    threshold: NonSslThreshold = NonSslThreshold()
    timeouts: Timeouts = Timeouts()
    url_categories: Mapping[str, UrlCategory] = field(default_factory=dict)

    def admit(self, session_id: int, flow: FiveTuple, ingress: Interface, egress: Interface) -> SessionEntry | Refusal:
        """Look the initiator's flow up and lay out what happens to it."""
        source, destination = self._zone(ingress), self._zone(egress)
        policy = self._policy(source, destination, flow)
        application = None if policy is None else policy.application.find(flow)
        facts = self._facts(session_id, flow, policy, application, (source, ingress), (destination, egress))
        if policy is None or policy.action is not Action.PERMIT:
            return Refusal(facts, Action.DENY if policy is None else policy.action, policy)
        attachment = Attachment(facts, policy, source, destination, self.app_tracking)
        inspection = Inspection(tuple(attach_all(self.services, attachment)))
        plan = self._plan(facts, policy, application, inspection)
        return SessionEntry(flow, policy, egress, facts, plan, inspection)

    def _policy(self, source: Zone, destination: Zone, flow: FiveTuple) -> Policy | None:
        """The policy that decides, none for an interface outside every zone: such traffic is always denied."""
        if NO_ZONE in (source, destination):
            return None
        policy = self.policies.lookup(source.name, destination.name, flow)
        return PERMIT_ALL if policy is None and self.policies.default is Action.PERMIT else policy

    def _plan(self, facts: SessionFacts, policy: Policy, application: Application | None,
              inspection: Inspection) -> Plan:
        """SSL proxy acts only with a profile and a service that wants the plaintext; a whitelist exempts servers."""
        profile = self.profiles.get(policy.services.ssl_proxy_profile or "")
        bypass = None
        if profile is None:
            bypass = Reason.NO_PROFILE
        elif not inspection.active:
            bypass = Reason.NO_SERVICE
        elif profile.whitelist.covers(facts.five_tuple.dst):
            bypass = Reason.WHITELISTED
        categories = () if profile is None else profile.whitelist_url_categories
        exempt = tuple(self.url_categories[name] for name in categories if name in self.url_categories)
        return Plan(facts, profile, bypass, self.threshold, self._timeouts(application), exempt)

    def _timeouts(self, application: Application | None) -> Timeouts:
        if application is None or application.inactivity_timeout is None:
            return self.timeouts
        idle = float(application.inactivity_timeout) or float("inf")
        return Timeouts(self.timeouts.silence, self.timeouts.connect, self.timeouts.handshake, idle)

    def _zone(self, interface: Interface) -> Zone:
        return self.zones.zone_of(interface.name) or NO_ZONE

    @staticmethod
    def _facts(session_id: int, flow: FiveTuple, policy: Policy | None, application: Application | None,
               source: tuple[Zone, Interface], destination: tuple[Zone, Interface]) -> SessionFacts:
        named = application is not None and application.name.startswith("junos-")
        return SessionFacts(
            session_id=session_id, five_tuple=flow, policy_name=DEFAULT_POLICY if policy is None else policy.name,
            source_zone=source[0].name, destination_zone=destination[0].name,
            source_interface=source[1].name, destination_interface=destination[1].name,
            service_name=application.name if named and application is not None else "None")
