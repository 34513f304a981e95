"""What the first path has found for a session, as the central point is told of it."""

from nf.dataplane.messages import NO_POLICY, Opened
from nf.flow.entry import Refusal, SessionEntry
from nf.policy.systems import Systems
from nf.sslproxy.plan import Plan


class Findings:
    """Policies are told by their number, 1 for the first of all systems; those that were open, once more when they are not."""

    def __init__(self, systems: Systems) -> None:
        self._index_of = {id(policy): index for index, (_, policy) in enumerate(systems.policies, 1)}
        self._default_index_of = {system.name: -place for place, system in enumerate(systems.all)}
        self._open: dict[int, tuple[SessionEntry, Plan]] = {}  # with the plan that was told

    def of(self, entry: SessionEntry | Refusal) -> Opened:
        """The message when a session comes."""
        if isinstance(entry, SessionEntry) and entry.is_open:
            self._open[entry.facts.session_id] = entry, entry.plan
            return self._opened(entry, pending=True)
        return self._opened(entry)

    def news(self) -> list[Opened]:
        """Messages of the sessions whose policy has been decided, or whose SSL proxy profile has been chosen, meanwhile."""
        told = []
        for session_id, (entry, plan) in tuple(self._open.items()):
            if not entry.is_open:
                del self._open[session_id]
                told.append(self._opened(entry))
            elif entry.plan is not plan:
                self._open[session_id] = entry, entry.plan
                told.append(self._opened(entry, pending=True))
        return told

    def over(self, session_id: int) -> list[Opened]:
        """The message of a session that ends, if one was to follow."""
        found = self._open.pop(session_id, None)
        return [] if found is None else [self._opened(found[0])]

    def _opened(self, entry: SessionEntry | Refusal, *, pending: bool = False) -> Opened:
        facts, is_open = entry.facts, isinstance(entry, SessionEntry) and entry.is_open
        index = NO_POLICY if is_open else self._index_of.get(id(entry.policy))
        if index is None:
            index = self._default_index_of[facts.logical_system]
        if isinstance(entry, Refusal):
            return Opened(facts.session_id, facts.policy_name, facts.source_zone, facts.destination_zone,
                          facts.service_name, index, facts.source_interface, facts.destination_interface,
                          logical_system=facts.logical_system)
        plan, asked = entry.plan, entry.policy.services
        profile = None if plan.decide is not None else plan.profile  # any will do until the ClientHello is there
        return Opened(
            facts.session_id, facts.policy_name, facts.source_zone, facts.destination_zone, facts.service_name, index,
            facts.source_interface, facts.destination_interface, "" if profile is None else profile.key,
            "" if plan.bypass is None else plan.bypass.value, asked.ssl_proxy and asked.ssl_proxy_profile is None,
            plan.timeouts.idle, facts.logical_system, pending, entry.default_profile)
