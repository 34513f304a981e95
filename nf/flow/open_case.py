"""A session whose policy waits for its application: which policies may still be its own, and when one of them is."""

from dataclasses import replace
from typing import Protocol
from weakref import ref

from msgspec import structs

from nf.flow.arrival import Arrival
from nf.flow.entry import Refusal, SessionEntry
from nf.inspection.inspection import Inspection
from nf.inspection.ruling import Ruling
from nf.log.records import NOT_APPLICABLE, SessionFacts, SslProxyMessage, ssl_proxy
from nf.policy.policies import Action, Policy
from nf.policy.profile import SslProxyProfile
from nf.policy.unified import Candidates, Known
from nf.protocols.applications import UNKNOWN
from nf.services import Page, Service
from nf.services.application_identification import Identifier
from nf.sslproxy.plan import Plan
from nf.sslproxy.reasons import MESSAGES, Reason

PRE_ID_POLICY = "pre-id-default-policy"


class LaysOut(Protocol):
    """What the first path does for a policy, once there is one."""

    @property
    def profile_at_once(self) -> bool:
        """Whether no profile waits for the server's name."""

    def lay_out(self, arrival: Arrival, policy: Policy | None) -> SessionEntry | Refusal:
        """What a policy does with a session."""

    def identifier(self, arrival: Arrival, facts: SessionFacts, policy: Policy, *, follows: bool) -> Identifier:
        """What finds out the application."""

    def plan(self, arrival: Arrival, facts: SessionFacts, profile: SslProxyProfile | None, policy: Policy) -> Plan:
        """The SSL proxy's plan under a profile."""


def open_session(first_path: LaysOut, arrival: Arrival, permit_all: Policy) -> SessionEntry:
    """The entry of a session whose first candidate is open; it is rewritten when its case is decided."""
    table = arrival.system.policies
    policy = replace(permit_all, name=PRE_ID_POLICY, log_init=table.pre_id_log_init, log_close=table.pre_id_log_close)
    case, facts = OpenCase(first_path, arrival, permit_all), arrival.facts(PRE_ID_POLICY)
    case.identifier = first_path.identifier(arrival, facts, policy, follows=case.may_deny)
    entry = SessionEntry(arrival.flow, policy, arrival.destination[1], facts, case.provisional(facts, policy),
                         Inspection((case.identifier,), case), is_open=True)
    case.watch(entry)
    return entry


class OpenCase:
    """Decides about a session's entry: by a ClientHello, else by the first bytes that can be read.

    Decided, it is asked again when a later request is for another application: that may end the session, and no more.
    The entry holds its case, and the case only knows of the entry, so that both are freed with the session.
    """

    identifier: Identifier

    def __init__(self, first_path: LaysOut, arrival: Arrival, permit_all: Policy) -> None:
        system, zones = arrival.system, (arrival.source[0].name, arrival.destination[0].name)
        table = system.policies
        found = table.candidates(*zones, arrival.flow)
        rest = (permit_all,) if table.default is Action.PERMIT and all(policy.is_open for policy in found) else ()
        self._first_path, self._arrival = first_path, arrival
        self._all = self._candidates = Candidates((*found, *rest), system.url_categories)
        self._known = Known()
        self._at_once = self._candidates.profiles if self._chooses_at_once() else ()

    def watch(self, entry: SessionEntry) -> None:
        """It is this entry."""
        self._known_entry = ref(entry)

    @property
    def entry(self) -> SessionEntry:
        """The session's entry, which its connection holds."""
        entry = self._known_entry()
        assert entry is not None  # noqa: S101 - who asks the case has it from the entry
        return entry

    def hear(self, server_name: str | None) -> Plan:
        """The plan once the ClientHello is there; where policies disagree on the profile it is the default one."""
        if not self.entry.is_open:  # decided in the clear, before STARTTLS
            return self.entry.plan
        self._learn(self.identifier.hello(server_name))
        telling = self._telling()
        tells = bool(telling) and telling[0] is self._candidates.policies[0]
        if self._candidates.decided(self._known) and not tells:
            laid = self._settle()
            if isinstance(laid, Refusal):
                return structs.replace(self.entry.plan, refused=Reason.DENIED, records=laid.denied(), decide=None)
            services = self._services(laid)
            own = (self.identifier,) if services or (self.may_deny and laid.plan.decrypts) else ()
            self.entry.inspection.settle((*own, *services), denies=laid.plan.rejects)
            return structs.replace(laid.plan, records=laid.created())
        default = self._arrival.system.default_ssl_profile
        told = (policy.services.ssl_proxy_profile or default for policy in telling)
        names = self._at_once or tuple(dict.fromkeys((*self._candidates.profiles, *filter(None, told))))
        return self._default() if len(names) > 1 else self._under(next(iter(names), None))

    def rule(self, known: Known, /) -> Ruling | None:
        """Decide by what is known; a policy that rejects over TLS comes too late for more than the end."""
        if not self.entry.is_open:
            return self._again(known)
        self._learn(known)
        if not (known.final or self._candidates.decided(self._known)):
            return None
        laid = self._settle()
        if isinstance(laid, Refusal):
            return Ruling(denied=True, records=laid.denied(), page=self._page(laid.policy, known))
        rejects = laid.plan.rejects
        return Ruling(rejects, self._services(laid), laid.created(), self._page(laid.policy, known) if rejects else None)

    def _again(self, known: Known) -> Ruling | None:
        """Another request: where the policy for its application denies, that one decides."""
        first = next(iter(self._all.narrowed(structs.replace(known, final=True)).policies), None)
        if first is not None and first.action is Action.PERMIT:
            return None
        self._known = known
        self._candidates = Candidates(() if first is None else (first,), self._all.categories)
        laid = self._settle()
        records = laid.denied() if isinstance(laid, Refusal) else laid.created()
        return Ruling(denied=True, records=records, page=self._page(first, known))

    def _telling(self) -> tuple[Policy, ...]:
        """The candidates that tell clients why they are rejected: that takes their requests first, so TLS is decrypted."""
        default = self._arrival.system.default_ssl_profile
        return tuple(policy for policy in self._candidates.policies
                     if policy.message_profile and (policy.services.ssl_proxy_profile or default))

    @property
    def may_deny(self) -> bool:
        """Whether a later request may be for what a policy denies."""
        return any(policy.is_open and policy.action is not Action.PERMIT for policy in self._all.policies)

    @staticmethod
    def _services(laid: SessionEntry) -> tuple[Service, ...]:
        """Those of the policy; the application is identified already."""
        return tuple(service for service in laid.inspection.services if not isinstance(service, Identifier))

    def _page(self, policy: Policy | None, known: Known) -> Page | None:
        """What the policy's profile wants the client of an HTTP request to be told."""
        firewall = self._arrival.system.services.get("appfw")
        message = None if policy is None or firewall is None else firewall.profiles.get(policy.message_profile)
        if message is None or known.exchange is None:
            return None
        return Page(known.exchange, message.text, location=message.location, status=302 if message.location else 403)

    def provisional(self, facts: SessionFacts, policy: Policy) -> Plan:
        """Until the ClientHello is there: any profile will do, none where no candidate has one."""
        name = next(iter(self._candidates.profiles), "")
        profile = self._arrival.system.ssl_profiles.get(name)
        plan = self._first_path.plan(self._arrival, facts, profile, policy)
        return plan if profile is None else structs.replace(plan, bypass=None, decide=self.hear)

    def _chooses_at_once(self) -> bool:
        """Whether profiles are chosen before the server's name is known (`disable-deferred-profile-selection`)."""
        profiles = self._arrival.system.ssl_profiles
        return self._first_path.profile_at_once or any(
            profiles[name].disable_deferred_profile_selection for name in self._candidates.profiles if name in profiles)

    def _learn(self, known: Known) -> None:
        """Applications stay once they are found; of a session that is something, nothing is said to be unknown."""
        applications = self._known.applications | known.applications
        if len(applications) > 1:
            applications -= {UNKNOWN}
        self._known = Known(applications, known.host or self._known.host, known.final, known.exchange)
        self._candidates = self._candidates.narrowed(self._known)

    def _default(self) -> Plan:
        default = self._arrival.system.default_ssl_profile
        if default is not None:
            self.entry.default_profile = "hit"
            return self._under(default)
        self.entry.default_profile = "none"
        reason, facts = Reason.NO_DEFAULT_PROFILE, self.entry.facts
        record = ssl_proxy(SslProxyMessage.DROP, facts, NOT_APPLICABLE, MESSAGES[reason])
        return structs.replace(self.entry.plan, profile=None, refused=reason, records=(record,), decide=None)

    def _under(self, name: str | None) -> Plan:
        """Go on undecided, decrypting under a profile; without one the ClientHello is all that is ever seen."""
        profile = self._arrival.system.ssl_profiles.get(name or "")
        plan = self._first_path.plan(self._arrival, self.entry.facts, profile, self.entry.policy)
        self.entry.plan = plan
        return plan

    def _settle(self) -> SessionEntry | Refusal:
        """The first candidate it is, or the default action."""
        policy, entry = next(iter(self._candidates.policies), None), self.entry
        laid = self._first_path.lay_out(self._arrival, policy)
        entry.is_open, entry.facts, application = False, laid.facts, entry.inspection.application
        entry.policy = policy or replace(entry.policy, name=laid.facts.policy_name, action=Action.DENY)
        if isinstance(laid, SessionEntry):
            entry.plan, laid.inspection.application = laid.plan, application
            return laid
        return replace(laid, application=application)
