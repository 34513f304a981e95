"""Unified policies (Junos: `match dynamic-application`, `url-category`): which of several may still be a session's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from msgspec import Struct

from nf.policy.policies import Action, Policy
from nf.policy.url_categories import UrlCategory

_NO_CONDITION = frozenset({"any", "none"})


class Fit(Enum):
    """Whether a policy is for a session of which not everything may be known."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


class Known(Struct, frozen=True, gc=False):
    """What is known of a session: applications and their groups, the server's name; `final` is that no more will be."""

    applications: frozenset[str] = frozenset()
    host: str | None = None
    final: bool = False
    exchange: int | None = None  # of the HTTP request that told it

    def fit(self, policy: Policy, categories: Mapping[str, UrlCategory]) -> Fit:
        """Whether the policy's conditions beyond the five-tuple hold."""
        fits = {self._holds(policy.dynamic_applications, bool(self.applications.intersection(policy.dynamic_applications))),
                self._holds(policy.url_categories, self._is_of(policy.url_categories, categories))}
        return Fit.NO if Fit.NO in fits else Fit.MAYBE if Fit.MAYBE in fits else Fit.YES

    def _holds(self, names: tuple[str, ...], found: bool) -> Fit:
        if found or not names or not _NO_CONDITION.isdisjoint(names):
            return Fit.YES
        return Fit.NO if self.final else Fit.MAYBE

    def _is_of(self, names: tuple[str, ...], categories: Mapping[str, UrlCategory]) -> bool:
        host = self.host
        return host is not None and any(name in categories and categories[name].covers(host) for name in names)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The policies that may still be the one, in look-up order; where none is left the default action is to deny."""

    policies: tuple[Policy, ...]
    categories: Mapping[str, UrlCategory] = field(default_factory=dict)

    def narrowed(self, known: Known) -> "Candidates":
        """Those that what is known leaves: none that does not fit, none behind the first that does."""
        left = []
        for policy in self.policies:
            fit = known.fit(policy, self.categories)
            if fit is not Fit.NO:
                left.append(policy)
            if fit is Fit.YES:
                break
        return Candidates(tuple(left), self.categories)

    def decided(self, known: Known) -> bool:
        """Whether the first of them is the one, or none is."""
        return not self.policies or known.fit(self.policies[0], self.categories) is Fit.YES

    @property
    def profiles(self) -> tuple[str, ...]:
        """The names of the SSL proxy profiles that they would give the session, each once."""
        names = (policy.services.ssl_proxy_profile for policy in self.policies if policy.action is not Action.DENY)
        return tuple(dict.fromkeys(name for name in names if name is not None))
