"""Intrusion detection and prevention (Junos: `security idp`): what becomes of sessions that carry attacks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hwmodel.session import FiveTuple
from nf.policy.attacks import Attack, IdpAction, Severity
from nf.policy.match import AddressMatch, ApplicationMatch


@dataclass(frozen=True, slots=True)
class IpAction:
    """What becomes of later sessions with the same `target`, for so many seconds; 0 is for good."""

    kind: Literal["notify", "close", "block"]
    target: str = "service"
    seconds: int = 0
    log: bool = False
    log_create: bool = False
    refresh: bool = False  # a session that it meets starts the time anew


@dataclass(frozen=True, slots=True)
class PacketLog:
    """How many packets before and after the one with the attack are kept, the latter for so many seconds."""

    before: int = 1
    after: int = 0
    seconds: int = 5


@dataclass(frozen=True, slots=True)
class PacketStorage:
    """Where packets are kept, and how many files and bytes of them."""

    directory: str
    files: int = 500
    size: int = 100 << 20


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """The sessions of a rule; zones are None for any."""

    from_zone: str | None = None
    to_zone: str | None = None
    source: AddressMatch | None = None
    destination: AddressMatch | None = None
    application: ApplicationMatch | None = None

    def covers(self, from_zone: str, to_zone: str, flow: FiveTuple) -> bool:
        """Whether a session is one of them."""
        return (self.from_zone in {None, from_zone} and self.to_zone in {None, to_zone}
                and (self.source is None or self.source.covers(flow.src))
                and (self.destination is None or self.destination.covers(flow.dst))
                and (self.application is None or self.application.find(flow) is not None))


@dataclass(frozen=True, slots=True)
class IdpRule:
    """A rule of `rulebase-ips`."""

    name: str
    match: RuleMatch
    attacks: frozenset[str]
    action: IdpAction = IdpAction.RECOMMENDED
    codepoint: int | None = None
    ip_action: IpAction | None = None
    severity: Severity | None = None  # in place of the attack's own
    logs: bool = False
    alert: bool = False
    packet_log: PacketLog | None = None
    terminal: bool = False


@dataclass(frozen=True, slots=True)
class ExemptRule:
    """A rule of `rulebase-exempt`: these attacks are none in these sessions."""

    name: str
    match: RuleMatch
    attacks: frozenset[str]
    logs: bool = False


@dataclass(frozen=True, slots=True)
class IdpPolicy:
    """A policy; its rule files bring attacks and what becomes of them with them."""

    name: str
    rules: tuple[IdpRule, ...] = ()
    exempt: tuple[ExemptRule, ...] = ()
    rule_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Idp:
    """`security idp` of a system: its policies, the one for `application-services idp`, and the attacks of its own."""

    policies: Mapping[str, IdpPolicy] = field(default_factory=dict)
    default: str | None = None
    attacks: Mapping[str, Attack] = field(default_factory=dict)  # custom ones
    storage: PacketStorage | None = None  # None: packets are not kept
    depth: int = 256  # kilobytes of a message's body, or of a direction's stream, that are looked at
