"""Security policies and their look-up (Junos: `security policies`): zone pair first, then global, then the default."""

from dataclasses import dataclass
from enum import Enum

from hwmodel.session import FiveTuple
from nf.policy.match import ANY, AddressMatch, ApplicationMatch

_TCP = 6
_ANY_APPLICATION = frozenset({ANY, "none"})  # words that leave a condition without effect


class Action(Enum):
    """What a policy does with a session."""

    PERMIT = "permit"
    DENY = "deny"
    REJECT = "reject"


class FailMode(Enum):
    """What happens to a session when a service or the proxy itself fails: it passes uninspected, or it ends."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ApplicationServices:
    """`then permit application-services`: the SSL proxy's profile and the names of the other services asked for.

    With `reject` there is the profile of `then reject ssl-proxy` alone.
    """

    ssl_proxy: bool = False  # the container is there, with or without a profile's name
    ssl_proxy_profile: str | None = None
    disable_http2: bool = False
    others: tuple[tuple[str, str], ...] = ()  # (statement, its value or ""), such as ("utm-policy", "web")

    def __bool__(self) -> bool:
        return self.ssl_proxy or bool(self.others)


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy; from_zones and to_zones are empty for a global policy without zones, which fits every pair."""

    name: str
    from_zones: tuple[str, ...]
    to_zones: tuple[str, ...]
    source: AddressMatch
    destination: AddressMatch
    application: ApplicationMatch
    action: Action
    services: ApplicationServices = ApplicationServices()
    log_init: bool = False
    log_close: bool = False
    count: bool = False
    is_global: bool = False
    dynamic_applications: tuple[str, ...] = ()
    source_identities: tuple[str, ...] = ()
    url_categories: tuple[str, ...] = ()
    other_conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (match statement, its names)
    fail_mode: FailMode = FailMode.CLOSED
    message_profile: str = ""  # `then reject profile`: what a client is told over HTTP
    services_offload: bool = True  # what nobody reads is left to the network processors, where these can

    @property
    def conditions(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What it matches on beyond zones and five-tuple, as (match statement, names); `any` alone is no condition."""
        named = (("dynamic-application", self.dynamic_applications), ("source-identity", self.source_identities),
                 ("url-category", self.url_categories), *self.other_conditions)
        return tuple((word, names) for word, names in named if set(names) - {ANY})

    @property
    def is_open(self) -> bool:
        """Whether it depends on the session's application or server, which no first packet tells."""
        return ((bool(self.dynamic_applications) and _ANY_APPLICATION.isdisjoint(self.dynamic_applications))
                or (bool(self.url_categories) and _ANY_APPLICATION.isdisjoint(self.url_categories)))

    def joins(self, from_zone: str, to_zone: str) -> bool:
        """Whether the policy speaks of this pair of zones."""
        return (not self.from_zones or from_zone in self.from_zones) and (not self.to_zones or to_zone in self.to_zones)

    def covers(self, from_zone: str, to_zone: str, flow: FiveTuple) -> bool:
        """Whether it may be the one for an initiator's flow: every condition holds, or is open, which is for TCP alone."""
        return (self.joins(from_zone, to_zone) and self.source.covers(flow.src) and self.destination.covers(flow.dst)
                and self.application.find(flow) is not None and (flow.proto == _TCP or not self.is_open))


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """Every policy in look-up order: those of zone pairs as written, then the global ones, then the default action."""

    policies: tuple[Policy, ...] = ()
    default: Action = Action.DENY
    pre_id_log_init: bool = False  # `pre-id-default-policy`: what is logged of sessions whose policy is still open
    pre_id_log_close: bool = False

    def lookup(self, from_zone: str, to_zone: str, flow: FiveTuple) -> Policy | None:
        """The first policy that covers an initiator's flow, or None where the default action decides."""
        return next((policy for policy in self.policies if policy.covers(from_zone, to_zone, flow)), None)

    def candidates(self, from_zone: str, to_zone: str, flow: FiveTuple) -> tuple[Policy, ...]:
        """Every policy that may turn out to be the one, up to the first that depends on nothing else."""
        found = []
        for policy in self.policies:
            if policy.covers(from_zone, to_zone, flow):
                found.append(policy)
                if not policy.is_open:
                    break
        return tuple(found)

    def action(self, from_zone: str, to_zone: str, flow: FiveTuple) -> Action:
        """What happens to the flow."""
        policy = self.lookup(from_zone, to_zone, flow)
        return self.default if policy is None else policy.action
