"""Every attack that some policy asks for, compiled once before the workers fork: members by context, and whose they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from nf.policy.attacks import Attack, Member
from nf.services.idp.matcher import Matcher


@dataclass(frozen=True)
class Program:
    """Attacks in their order, and the matchers of the contexts that they look at."""

    attacks: tuple[Attack, ...]

    @cached_property
    def members(self) -> tuple[tuple[int, int, Member], ...]:
        """Every member as (attack, place in the attack, member); its place here is its number."""
        return tuple((number, place, member) for number, attack in enumerate(self.attacks)
                     for place, member in enumerate(attack.members))

    @cached_property
    def matchers(self) -> Mapping[str, Matcher]:
        """By context."""
        by_context: dict[str, list[tuple[int, Member]]] = {}
        for number, (_, _, member) in enumerate(self.members):
            by_context.setdefault(member.context, []).append((number, member))
        return {context: Matcher(context, members) for context, members in by_context.items()}

    @cached_property
    def numbers(self) -> Mapping[Attack, int]:
        """The place of each attack."""
        return {attack: number for number, attack in enumerate(self.attacks)}

    def contexts(self, attacks: Iterable[int]) -> frozenset[str]:
        """The contexts that these attacks look at."""
        return frozenset(member.context for number in attacks for member in self.attacks[number].members)


class Progress:
    """Which members of attacks a session has shown so far, within each exchange or over all."""

    MOST = 256  # exchanges and attacks that are half found; the oldest is forgotten

    def __init__(self, program: Program) -> None:
        self._program = program
        self._found: dict[tuple[int, int | None], set[int]] = {}
        self._over: set[int] = set()

    def add(self, number: int, exchange: int | None) -> Attack | None:
        """A member holds: the attack that is complete by it, if any."""
        owner, place, _ = self._program.members[number]
        attack = self._program.attacks[owner]
        if len(attack.members) == 1 and not attack.session:
            return attack
        if owner in self._over:
            return None
        key = owner, None if attack.session else exchange
        found = self._found.setdefault(key, set())
        if attack.ordered and place and place - 1 not in found:
            return None
        found.add(place)
        if not _complete(attack, found):
            self._forget_old()
            return None
        del self._found[key]
        if attack.session and not attack.resets:
            self._over.add(owner)
        return attack

    def forget(self, exchange: int) -> None:
        """An exchange is over."""
        for key in [key for key in self._found if key[1] == exchange]:
            del self._found[key]

    def _forget_old(self) -> None:
        while len(self._found) > self.MOST:
            del self._found[next(iter(self._found))]


def _complete(attack: Attack, found: set[int]) -> bool:
    """Whether these members are enough."""
    if not attack.expression:
        return len(found) == len(attack.members)
    places = {member.name: place for place, member in enumerate(attack.members)}
    stack: list[bool] = []
    for word in attack.expression:
        if word in {"and", "or"}:
            right, left = stack.pop(), stack.pop()
            stack.append((left and right) if word == "and" else (left or right))
        else:
            stack.append(places[word] in found)
    return stack[-1]
