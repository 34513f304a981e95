"""How the two nodes of a chassis cluster elect the primary node of a redundancy group; each has this for each group.

A node holds until it knows of the other, or has waited for it long enough. Where no node is primary the better one becomes
it: the higher priority, then the lower number. A primary node stays it, unless it is lost, cannot carry traffic (priority
0), is left by an operator (priority 255 of the other node), or a better one may preempt it.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from nf.policy.chassis_cluster import RedundancyGroup

UNFIT, MANUAL = 0, 255  # priorities beside those that can be configured
NO_NODE: Final = -1


class Role(Enum):
    """What a node is in a group: (number on the wire, the device's word)."""

    HOLD = 0, "hold"
    SECONDARY = 1, "secondary"
    PRIMARY = 2, "primary"
    LOST = 3, "lost"

    def __init__(self, number: int, word: str) -> None:
        self.number, self.word = number, word


@dataclass(frozen=True, slots=True)
class Said:
    """What a node says of itself in a group; `manual` is the node that an operator has chosen, by his last word."""

    role: Role
    priority: int
    manual: int = NO_NODE
    word: int = 0  # of operators so far


class Election:
    """One node's view of one group; `now` is monotonic, in seconds."""

    def __init__(self, node: int, group: RedundancyGroup, patience: float, now: float) -> None:
        self._node, self._group, self._patience = node, group, patience
        self._began, self._better_since = now, now
        self.other: Said | None = None  # None is lost, or never heard
        self.own = Said(Role.HOLD, group.priority(node))
        self.failovers = 0  # how often a node became primary

    @property
    def primary(self) -> bool:
        """Whether this node is."""
        return self.own.role is Role.PRIMARY

    @property
    def group(self) -> RedundancyGroup:
        """The group, as configured."""
        return self._group

    def chosen(self, node: int) -> None:
        """An operator wants a node to be primary, or with NO_NODE takes that back."""
        self.own = replace(self.own, manual=node, word=self.own.word + 1)

    def heard(self, said: Said, now: float) -> None:
        """The other node speaks."""
        if said.role is Role.PRIMARY and (self.other is None or self.other.role is not Role.PRIMARY):
            self.failovers += 1
        if said.word > self.own.word:
            self.own = replace(self.own, manual=said.manual, word=said.word)
        if self.other is None:
            self._better_since = now
        self.other = said

    def lost(self) -> None:
        """The other node is silent, or has said good-bye; an operator's choice of it ends with it."""
        if self.other is not None and self.own.manual == 1 - self._node:
            self.chosen(NO_NODE)
        self.other = None

    def decide(self, now: float, *, fit: bool) -> Said:
        """What this node is from now on; `fit` says whether it can carry traffic."""
        configured = MANUAL if self.own.manual == self._node else self._group.priority(self._node)
        self.own = replace(self.own, priority=configured if fit else UNFIT)
        role = self._role(now)
        if role is Role.PRIMARY and self.own.role is not Role.PRIMARY:
            self.failovers += 1
        self.own = replace(self.own, role=role)
        return self.own

    def _role(self, now: float) -> Role:
        other, own = self.other, self.own
        if other is None:
            waiting = own.role is Role.HOLD and now < self._began + self._patience
            return Role.HOLD if waiting else Role.PRIMARY
        better = self._is_better(other)
        if not better:
            self._better_since = now
        if own.role is Role.PRIMARY:
            return Role.PRIMARY if better or other.role is not Role.PRIMARY else Role.SECONDARY
        if other.role is Role.PRIMARY:
            return Role.PRIMARY if better and self._may_take_over(other, now) else Role.SECONDARY
        return Role.PRIMARY if better else Role.SECONDARY

    def _is_better(self, other: Said) -> bool:
        return (self.own.priority, -self._node) > (other.priority, self._node - 1)

    def _may_take_over(self, other: Said, now: float) -> bool:
        """From a node that is primary."""
        if other.priority == UNFIT or self.own.priority == MANUAL:
            return True
        return self._group.preempt and now >= self._better_since + self._group.preempt_delay
