"""Which attacks are looked for on a session, and which rules speak of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nf.log.records import SessionFacts
from nf.policy.attacks import Attack, IdpAction
from nf.policy.idp import ExemptRule, IdpPolicy, IdpRule
from nf.services.idp.program import Program

_WEIGHT = {action: weight for weight, action in enumerate(IdpAction)}


@dataclass(frozen=True)
class Selection:
    """The rules for sessions of one kind, by attack; those that exempt, likewise."""

    policy: str
    rules: Mapping[int, tuple[IdpRule, ...]]
    exempt: Mapping[int, ExemptRule] = field(default_factory=dict)
    contexts: frozenset[str] = frozenset()
    packets: int = 0  # of a session that are kept at a time, because a rule may want them later


class Selections:
    """Selections of a policy, each made once."""

    def __init__(self, program: Program, policy: IdpPolicy, from_files: tuple[IdpRule, ...],
                 named: Mapping[str, Attack]) -> None:
        self._numbers = {name: program.numbers[attack] for name, attack in named.items()}
        self._program = program
        self._policy = policy
        self._from_files = from_files
        self._made: dict[tuple[tuple[int, ...], tuple[int, ...]], Selection] = {}

    @property
    def rules(self) -> int:
        """How many there are, those of files included."""
        return len(self._policy.rules) + len(self._policy.exempt) + len(self._from_files)

    def of(self, facts: SessionFacts) -> Selection:
        """The one for a session. A rule that says `terminal` is the last one for those it matches, whatever they carry."""
        where = facts.source_zone, facts.destination_zone, facts.five_tuple
        rules = []
        for index, rule in enumerate(self._policy.rules):
            if rule.match.covers(*where):
                rules.append(index)
                if rule.terminal:
                    break
        exempt = [index for index, rule in enumerate(self._policy.exempt) if rule.match.covers(*where)]
        key = tuple(rules), tuple(exempt)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._make([self._policy.rules[index] for index in rules],
                                                 [self._policy.exempt[index] for index in exempt])
        return found

    def _make(self, rules: list[IdpRule], exempt: list[ExemptRule]) -> Selection:
        numbers = self._numbers
        by_attack: dict[int, list[IdpRule]] = {}
        for rule in (*self._from_files, *rules):
            for name in rule.attacks & numbers.keys():
                by_attack.setdefault(numbers[name], []).append(rule)
        return Selection(
            self._policy.name, {number: tuple(found) for number, found in by_attack.items()},
            {numbers[name]: rule for rule in reversed(exempt) for name in rule.attacks & numbers.keys()},
            self._program.contexts(by_attack),
            max((rule.packet_log.before for rule in rules if rule.packet_log), default=0))


def resolved(rule: IdpRule, attack: Attack) -> IdpAction:
    """What a rule does about an attack."""
    return attack.recommended if rule.action is IdpAction.RECOMMENDED else rule.action


def heaviest(actions: list[IdpAction]) -> IdpAction:
    """What becomes of a session when several rules speak of it."""
    return max(actions, key=_WEIGHT.__getitem__, default=IdpAction.NONE)
