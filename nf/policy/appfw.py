"""The application firewall (Junos: `security application-firewall`), and the messages of unified policies that deny."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nf.policy.policies import Action
from nf.policy.unified import Known

Encrypted = Literal["any", "yes", "no"]


@dataclass(frozen=True, slots=True)
class BlockMessage:
    """What a client that is refused gets to see: a text, or another place to go."""

    text: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class AppFwRule:
    """One rule; without names it is for every application."""

    name: str
    names: frozenset[str] = frozenset()  # applications and groups
    encrypted: Encrypted = "any"
    action: Action = Action.PERMIT
    tells: bool = False  # `block-message`

    def covers(self, known: Known, encrypted: bool) -> bool:
        """Whether it is for this application, seen inside of TLS or in the clear."""
        return self.encrypted in ("any", "yes" if encrypted else "no") and not self.names.isdisjoint(known.applications)


@dataclass(frozen=True, slots=True)
class AppFwRuleSet:
    """Rules in the order of the text, what happens to all else, and the message of those that tell."""

    name: str
    rules: tuple[AppFwRule, ...] = ()
    default: AppFwRule = AppFwRule("default-rule", action=Action.DENY)
    message: BlockMessage | None = None

    def rule(self, known: Known, encrypted: bool) -> AppFwRule:
        """The rule that decides."""
        return next((rule for rule in self.rules if rule.covers(known, encrypted)), self.default)


@dataclass(frozen=True, slots=True)
class ApplicationFirewall:
    """Everything that the configuration says of it."""

    rule_sets: Mapping[str, AppFwRuleSet] = field(default_factory=dict)
    dynamic_lookup: bool = False  # look again when a session's later requests are for another application
    profiles: Mapping[str, BlockMessage] = field(default_factory=dict)  # `security dynamic-application profile`
