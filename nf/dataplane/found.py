"""What the first path has found for a session, as the central point is told of it."""

from msgspec.structs import replace

from nf.dataplane.messages import NO_POLICY, Opened
from nf.flow.entry import Refusal, SessionEntry
from nf.policy.systems import Systems
from nf.sslproxy.plan import Plan


class Findings:
    """Policies are told by their number, 1 for the first of all systems; those that were open, once more when they are not."""

    def __init__(self, systems: Systems) -> None:
        self._index_of = {id(policy): index for index, (_, policy) in enumerate(systems.policies, 1)}
        self._default_index_of = {system.name: -place for place, system in enumerate(systems.all)}
        self.open: dict[int, tuple[SessionEntry, Plan]] = {}  # not decided yet, with the plan that was told

    def of(self, entry: SessionEntry | Refusal) -> Opened:
        """The message when a session comes, or when its policy has been decided."""
        facts, index = entry.facts, self._index_of.get(id(entry.policy))
        if index is None:
            index = self._default_index_of[facts.logical_system]
        if isinstance(entry, Refusal):
            return Opened(facts.session_id, facts.policy_name, facts.source_zone, facts.destination_zone,
                          facts.service_name, index, facts.source_interface, facts.destination_interface,
                          logical_system=facts.logical_system)
        plan, asked = entry.plan, entry.policy.services
        if entry.is_open:
            self.open[facts.session_id], index = (entry, plan), NO_POLICY
        profile = None if plan.decide is not None else plan.profile  # any will do until the ClientHello is there
        return Opened(
            facts.session_id, facts.policy_name, facts.source_zone, facts.destination_zone, facts.service_name, index,
            facts.source_interface, facts.destination_interface, "" if profile is None else profile.key,
            "" if plan.bypass is None else plan.bypass.value, asked.ssl_proxy and asked.ssl_proxy_profile is None,
            plan.timeouts.idle, facts.logical_system, entry.is_open, entry.default_profile)

    def news(self) -> list[Opened]:
        """Messages of the sessions whose policy has been decided, or whose SSL proxy profile has been chosen, meanwhile."""
        told = []
        for session_id, (entry, plan) in tuple(self.open.items()):
            if not entry.is_open:
                del self.open[session_id]
            if not entry.is_open or entry.plan is not plan:
                told.append(self.of(entry))
        return told

    def over(self, session_id: int) -> list[Opened]:
        """The message of a session that ends, if one was to follow."""
        if session_id not in self.open:
            return []
        last = replace(self.of(self.open[session_id][0]), pending=False)
        del self.open[session_id]
        return [last]
