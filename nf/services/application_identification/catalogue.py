"""What an application is called in logs, and by which names and groups policies know it."""

from dataclasses import dataclass
from functools import lru_cache

from nf.log.records import NOT_APPLICABLE, UNKNOWN, ApplicationFacts
from nf.policy.appid import ApplicationIdentification
from nf.protocols import applications
from nf.protocols.applications import PREFIX, Application


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The predefined applications and those of one configuration."""

    options: ApplicationIdentification

    def application(self, name: str) -> Application:
        """What is known of one."""
        found = applications.predefined().get(name)
        if found is not None:
            return found
        own = next((one for one in self.options.applications if one.name == name), None)
        return Application(name, "Custom" if own else "", risk=own.risk if own else 0)

    @lru_cache(512)  # noqa: B019 - as below
    def names(self, *found: str) -> frozenset[str]:
        """The applications, "" being none, and all groups that one of them is in."""
        names = frozenset(name for one in found if one for name in (one, *self.application(one).groups,
                                                             *self.options.groups_of(one)))
        return names - {applications.UNKNOWN} if len(names) > 1 else names

    @lru_cache(512)  # noqa: B019 - there are few catalogues, and they live as long as their worker
    def facts(self, carrier: str, nested: str, encrypted: str) -> ApplicationFacts:
        """What logs say: the protocol, what is nested in it ("" where nothing is), and the classes of the innermost."""
        inner = self.application(nested or carrier)
        return ApplicationFacts(
            carrier.removeprefix(PREFIX), nested.removeprefix(PREFIX) or UNKNOWN, encrypted,
            inner.category or NOT_APPLICABLE, inner.sub_category or NOT_APPLICABLE,
            str(inner.risk) if inner.risk else "-1", ";".join(inner.characteristics) or NOT_APPLICABLE)
