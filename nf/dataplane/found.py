"""What the first path has found for a session, as the central point is told of it."""

from nf.dataplane.messages import Opened
from nf.flow.entry import Refusal, SessionEntry
from nf.policy.systems import Systems


class Findings:
    """Policies are told by their number, 1 for the first of all systems."""

    def __init__(self, systems: Systems) -> None:
        self._index_of = {id(policy): index for index, (_, policy) in enumerate(systems.policies, 1)}
        self._default_index_of = {system.name: -place for place, system in enumerate(systems.all)}

    def of(self, entry: SessionEntry | Refusal) -> Opened:
        """The message."""
        facts = entry.facts
        index = self._index_of.get(id(entry.policy))
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
            plan.timeouts.idle, facts.logical_system)
