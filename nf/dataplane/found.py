"""What the first path has found for a session, as the central point is told of it."""

from nf.dataplane.messages import NO_POLICY, Opened
from nf.flow.entry import Refusal, SessionEntry
from nf.policy.systems import Systems


class Findings:
    """Policies are told by their number, 1 for the first of all systems; those that were open, once more when they are not."""

    def __init__(self, systems: Systems) -> None:
        self._index_of = {id(policy): index for index, (_, policy) in enumerate(systems.policies, 1)}
        self._default_index_of = {system.name: -place for place, system in enumerate(systems.all)}
        self._open: dict[int, SessionEntry] = {}

    def of(self, entry: SessionEntry | Refusal) -> Opened:
        """The message when a session comes."""
        if isinstance(entry, SessionEntry) and entry.is_open:
            self._open[entry.facts.session_id] = entry
            return self._opened(entry, pending=True)
        return self._opened(entry)

    def decided(self) -> list[Opened]:
        """Messages of the sessions whose policy has been decided meanwhile."""
        found = [entry for entry in self._open.values() if not entry.is_open]
        for entry in found:
            del self._open[entry.facts.session_id]
        return [self._opened(entry) for entry in found]

    def over(self, session_id: int) -> list[Opened]:
        """The message of a session that ends, if one was to follow."""
        entry = self._open.pop(session_id, None)
        return [] if entry is None else [self._opened(entry)]

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
        return Opened(
            facts.session_id, facts.policy_name, facts.source_zone, facts.destination_zone, facts.service_name, index,
            facts.source_interface, facts.destination_interface, "" if plan.profile is None else plan.profile.key,
            "" if plan.bypass is None else plan.bypass.value, asked.ssl_proxy and asked.ssl_proxy_profile is None,
            plan.timeouts.idle, facts.logical_system, pending, entry.default_profile)
