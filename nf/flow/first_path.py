"""The first path: zones, policy look-up, services and the SSL proxy's plan for a session's first packet."""

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network

from hwmodel.session import FiveTuple
from nf.flow.arrival import Arrival
from nf.flow.entry import Refusal, SessionEntry
from nf.flow.lookup import Lookup
from nf.flow.open_case import open_session
from nf.flow.terms import Terms
from nf.inspection.inspection import Inspection
from nf.log.records import NO_SERVICE_NAME, SessionFacts
from nf.policy.match import ANY, AddressMatch, Application, ApplicationMatch, ApplicationTerm
from nf.policy.policies import Action, Policy
from nf.policy.profile import NonSslThreshold, SslProxyProfile
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.url_categories import UrlCategory
from nf.policy.zones import Interface, Zone
from nf.services import Attachment, Engaged, Scope, Service, Tally, attach_all, concerned
from nf.services.application_identification import Identification, Identifier
from nf.sslproxy.plan import Plan, Timeouts
from nf.sslproxy.reasons import Reason

_TCP = 6
DEFAULT_POLICY = "default-policy"
_ANYWHERE = AddressMatch((ANY,), (IPv4Network("0.0.0.0/0"), IPv6Network("::/0")))
_ANYTHING = ApplicationMatch((ANY,), (Application(ANY, (ApplicationTerm(),)),))
_UNCONFIGURED = Engaged("application_identification", Identification())
PERMIT_ALL = Policy(DEFAULT_POLICY, (), (), _ANYWHERE, _ANYWHERE, _ANYTHING, Action.PERMIT)  # `permit-all`


@dataclass(frozen=True, slots=True)
class FirstPath:
    """What an SPU knows when a session's first packet arrives; the same facts for every SPU."""

    systems: Systems
    services: tuple[Engaged, ...]
    threshold: NonSslThreshold = NonSslThreshold()
    timeouts: Timeouts = Timeouts()
    profile_at_once: bool = False  # `disable-deferred-profile-selection` for all profiles
    _lookup: Lookup = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lookup", Lookup(self.systems, PERMIT_ALL, self._terms))

    def admit(self, session_id: int, flow: FiveTuple, ingress: Interface, egress: Interface,
              now: float = 0.0, hosts: tuple[str, str] | None = None) -> SessionEntry | Refusal:
        """Look the initiator's flow up in the system that it came in by, and lay out what happens to it.

        `hosts` are both addresses as texts, where these are known.
        """
        terms = self._lookup.find(flow, ingress, egress, hosts)
        arrival = Arrival(terms.system, session_id, flow, (terms.source, ingress), (terms.destination, egress), now)
        return open_session(self, arrival, PERMIT_ALL) if terms.is_open else self._enter(arrival, terms)

    def lay_out(self, arrival: Arrival, policy: Policy | None) -> SessionEntry | Refusal:
        """What a policy does with a session, None being the default action at work."""
        terms = self._terms(arrival.system, arrival.source[0], arrival.destination[0], policy, arrival.flow)
        return self._enter(arrival, terms)

    def _enter(self, arrival: Arrival, terms: Terms) -> SessionEntry | Refusal:
        policy, flow, (client, server) = terms.policy, arrival.flow, terms.hosts
        facts = SessionFacts(
            arrival.session_id, flow, (client, str(flow.sport), server, str(flow.dport)), terms.policy_name, terms.source.name,
            terms.destination.name, arrival.source[1].name, arrival.destination[1].name, terms.service_name, terms.system.name)
        if policy is None:
            return Refusal(facts, Action.DENY, None)
        permits = policy.action is Action.PERMIT
        if not permits and (terms.profile is None or flow.proto != _TCP):
            return Refusal(facts, policy.action, policy)
        services: tuple[Service, ...] = ()
        if permits and terms.services:
            services = attach_all(terms.services, Attachment(
                policy, terms.source, terms.destination, terms.system, facts, arrival.now))
        rewrites = False
        for service in services:
            rewrites = rewrites or service.rewrites
        bypass = terms.bypass if services or not permits or terms.profile is None else Reason.NO_SERVICE
        plan = Plan(facts, terms.profile, bypass, terms.threshold, terms.timeouts, terms.exempt,
                    rewrites or policy.services.disable_http2, not permits)
        return SessionEntry(flow, policy, arrival.destination[1], facts, plan, Inspection(services, denies=not permits))

    def identifier(self, arrival: Arrival, facts: SessionFacts, policy: Policy, *, follows: bool) -> Identifier:
        """What finds out the application of a session whose policy waits for it."""
        engaged, service = next((one, one.service) for one in (*self.services, _UNCONFIGURED)
                                if isinstance(one.service, Identification))
        attachment = Attachment(policy, arrival.source[0], arrival.destination[0], arrival.system, facts, arrival.now)
        found = service.identify(attachment, follows=follows)
        found.name, found.tally, found.total = engaged.name, Tally(1), engaged.tally
        return found

    def plan(self, arrival: Arrival, facts: SessionFacts, profile: SslProxyProfile | None, policy: Policy) -> Plan:
        """The SSL proxy's plan under a profile, for a session whose plaintext is wanted."""
        bypass, exempt = _spared(arrival.system, profile, policy, arrival.flow)
        return Plan(facts, profile, bypass, self.threshold, self.timeouts, exempt,
                    disable_http2=policy.services.disable_http2, rejects=policy.action is not Action.PERMIT)

    def _terms(self, system: LogicalSystem, source: Zone, destination: Zone, policy: Policy | None, flow: FiveTuple) -> Terms:
        hosts = str(flow.src), str(flow.dst)
        if policy is None:
            return Terms(system, source, destination, hosts, None, DEFAULT_POLICY)
        application = policy.application.find(flow)
        profile = system.ssl_profiles.get(policy.services.ssl_proxy_profile or "")
        bypass, exempt = _spared(system, profile, policy, flow)
        return Terms(
            system, source, destination, hosts, policy, policy.name, policy.is_open, _service_name(application), profile,
            bypass, exempt, self.threshold, self._timeouts(application),
            concerned(self.services, Scope(policy, source, destination, system)))

    def _timeouts(self, application: Application | None) -> Timeouts:
        if application is None or application.inactivity_timeout is None:
            return self.timeouts
        idle = float(application.inactivity_timeout) or float("inf")
        return replace(self.timeouts, idle=idle)


def _spared(system: LogicalSystem, profile: SslProxyProfile | None, policy: Policy, flow: FiveTuple
            ) -> tuple[Reason | None, tuple[UrlCategory, ...]]:
    """Why SSL proxy does not act, or for which categories of servers: only with a profile, and a whitelist exempts servers.

    A policy that rejects over TLS exempts nobody.
    """
    if profile is None:
        return Reason.NO_PROFILE, ()
    if policy.action is not Action.PERMIT:
        return None, ()
    if profile.whitelist.covers(flow.dst):
        return Reason.WHITELISTED, ()
    known = system.url_categories
    return None, tuple(known[name] for name in profile.whitelist_url_categories if name in known)


def _service_name(application: Application | None) -> str:
    """As messages have it."""
    return application.name if application is not None and application.name.startswith("junos-") else NO_SERVICE_NAME
