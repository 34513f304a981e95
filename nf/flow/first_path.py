"""The first path: zones, policy look-up, services and the SSL proxy's plan for a session's first packet."""

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network

from hwmodel.session import FiveTuple
from nf.flow.arrival import Arrival
from nf.flow.entry import Refusal, SessionEntry
from nf.flow.lookup import Lookup
from nf.flow.open_case import open_session
from nf.inspection.inspection import Inspection
from nf.log.records import SessionFacts
from nf.policy.match import ANY, AddressMatch, Application, ApplicationMatch, ApplicationTerm
from nf.policy.policies import Action, Policy
from nf.policy.profile import NonSslThreshold, SslProxyProfile
from nf.policy.systems import Systems
from nf.policy.url_categories import UrlCategory
from nf.policy.zones import Interface
from nf.services import Attachment, Engaged, attach_all
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
        object.__setattr__(self, "_lookup", Lookup(self.systems, PERMIT_ALL))

    def admit(self, session_id: int, flow: FiveTuple, ingress: Interface, egress: Interface,
              now: float = 0.0) -> SessionEntry | Refusal:
        """Look the initiator's flow up in the system that it came in by, and lay out what happens to it."""
        system, source, destination, policy = self._lookup.find(flow, ingress, egress)
        arrival = Arrival(system, session_id, flow, (source, ingress), (destination, egress), now)
        if policy is not None and policy.is_open:
            return open_session(self, arrival, PERMIT_ALL)
        return self.lay_out(arrival, policy)

    def lay_out(self, arrival: Arrival, policy: Policy | None) -> SessionEntry | Refusal:
        """What a policy does with a session, None being the default action at work."""
        application = None if policy is None else policy.application.find(arrival.flow)
        facts = arrival.facts(DEFAULT_POLICY if policy is None else policy.name, application)
        if policy is None:
            return Refusal(facts, Action.DENY, None)
        profile = arrival.system.ssl_profiles.get(policy.services.ssl_proxy_profile or "")
        if policy.action is not Action.PERMIT and (profile is None or arrival.flow.proto != _TCP):
            return Refusal(facts, policy.action, policy)
        if policy.action is not Action.PERMIT:
            inspection = Inspection((), denies=True)
        else:
            attachment = Attachment(facts, policy, arrival.source[0], arrival.destination[0], arrival.system, arrival.now)
            inspection = Inspection(attach_all(self.services, attachment))
        plan = self.plan(arrival, facts, profile, policy, application, wanted=inspection.active)
        if inspection.rewrites:
            plan = replace(plan, disable_http2=True)
        return SessionEntry(arrival.flow, policy, arrival.destination[1], facts, plan, inspection)

    def identifier(self, arrival: Arrival, facts: SessionFacts, policy: Policy, *, follows: bool) -> Identifier:
        """What finds out the application of a session whose policy waits for it."""
        engaged, service = next((one, one.service) for one in (*self.services, _UNCONFIGURED)
                                if isinstance(one.service, Identification))
        attachment = Attachment(facts, policy, arrival.source[0], arrival.destination[0], arrival.system, arrival.now)
        found = service.identify(attachment, follows=follows)
        engaged.adopt(found)
        return found

    def plan(self, arrival: Arrival, facts: SessionFacts, profile: SslProxyProfile | None, policy: Policy,
             application: Application | None, *, wanted: bool) -> Plan:
        """SSL proxy acts only with a profile and on behalf of who wants the plaintext; a whitelist exempts servers.

        A policy that rejects over TLS wants none, and exempts nobody.
        """
        rejects, bypass = policy.action is not Action.PERMIT, None
        exempt: tuple[UrlCategory, ...] = ()
        if profile is None:
            bypass = Reason.NO_PROFILE
        elif rejects:
            pass
        elif not wanted:
            bypass = Reason.NO_SERVICE
        elif profile.whitelist.covers(facts.five_tuple.dst):
            bypass = Reason.WHITELISTED
        elif profile.whitelist_url_categories:
            known = arrival.system.url_categories
            exempt = tuple(known[name] for name in profile.whitelist_url_categories if name in known)
        return Plan(facts, profile, bypass, self.threshold, self._timeouts(application), exempt,
                    disable_http2=policy.services.disable_http2, rejects=rejects)

    def _timeouts(self, application: Application | None) -> Timeouts:
        if application is None or application.inactivity_timeout is None:
            return self.timeouts
        idle = float(application.inactivity_timeout) or float("inf")
        return replace(self.timeouts, idle=idle)
