"""Rule files in the language of Snort and Suricata to attacks.

What is not understood is named, with its line and sid, and its rule left out: a rule that means something else than it
says is worse than none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hwmodel.session import Direction
from nf.policy.attacks import Attack, Bit, IdpAction, Member, Rate, RateKind, RateScope, Severity
from nf.policy.idp import IdpRule, RuleMatch
from nf.services.idp.contexts import KINDS, anomaly, protocol
from nf.services.idp.matcher import why_not
from nf.services.idp.rule_header import action_of, ends_of, protocol_of, variables
from nf.services.idp.rule_options import Draft, number, read_option
from nf.services.idp.rule_text import RuleError, RuleText, parse, rules, unquoted

_FACTS = frozenset({"msg", "sid", "rev", "gid", "classtype", "priority", "reference", "metadata", "target", "flow", "flowbits",
                    "threshold", "detection_filter", "noalert", "app-layer-event"})
_FLOW = {"to_server": Direction.C2S, "from_client": Direction.C2S, "to_client": Direction.S2C, "from_server": Direction.S2C}
_FLOW_OF_ALL = frozenset({"established", "stateless", "only_stream"})  # true of all that is seen here
_PRIORITIES = {1: Severity.CRITICAL, 2: Severity.MAJOR, 3: Severity.MINOR, 4: Severity.WARNING}
_KINDS: Mapping[str, RateKind] = {"limit": "limit", "threshold": "threshold", "both": "both"}
_SCOPES: Mapping[str, RateScope] = {"by_src": "source", "by_dst": "destination", "by_both": "peer", "by_flow": "session"}
_TURNED: Mapping[RateScope, RateScope] = {"source": "destination", "destination": "source"}  # the client is counted as source
_BIT_ACTIONS = frozenset({"set", "unset", "toggle", "isset", "isnotset"})


@dataclass(frozen=True)
class RuleFile:
    """What a file says: attacks and the rules that speak of them, what was left out and why, its variables."""

    attacks: Mapping[str, Attack] = field(default_factory=dict)
    rules: tuple[IdpRule, ...] = ()
    refused: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()


def read(path: str) -> RuleFile:
    """The rules of a file; raises OSError where it cannot be read."""
    return rule_file(Path(path).read_text(encoding="utf-8", errors="replace"), path)


def rule_file(text: str, origin: str) -> RuleFile:
    """The rules of a text; `pass` rules come first, as they do there."""
    attacks: dict[str, Attack] = {}
    found: list[IdpRule] = []
    refused: list[str] = []
    named: set[str] = set()
    for line, rule in rules(text):
        sid = ""
        try:
            read_rule = parse(line, rule)
            sid = f" sid {read_rule.value('sid') or '?'}:"
            attack = _attack(read_rule)
            _check(attack, attacks)
        except RuleError as error:
            refused.append(f"{origin}:{line}:{sid} '{error.word}': {str(error)[len(error.word) + 2:]}; the rule is left out")
            continue
        named |= variables(read_rule.header[2:])
        attacks[attack.name] = attack
        found.append(_rule(attack, action_of(read_rule.header[0])))
    ordered = sorted(found, key=lambda rule: rule.action is not IdpAction.IGNORE)
    passing = {name: attacks[name] for rule in ordered for name in rule.attacks}
    return RuleFile(passing, tuple(ordered), tuple(refused), frozenset(named))


def _check(attack: Attack, known: Mapping[str, Attack]) -> None:
    """Raise RuleError for a number that is taken, or an expression that hyperscan cannot take."""
    if attack.name in known:
        raise RuleError("sid", "another rule of the file has this number")
    for member in attack.members:
        what, _, why = why_not(member.tests).partition(": ")
        if why:
            raise RuleError(what, why)


def read_attacks(text: str) -> Iterator[tuple[RuleText, Attack]]:
    """The attacks of rules that are known to be good."""
    for line, rule in rules(text):
        read_rule = parse(line, rule)
        yield read_rule, _attack(read_rule)


def metadata(rule: RuleText) -> dict[str, list[str]]:
    """The words of a rule's metadata, each with its values."""
    found: dict[str, list[str]] = {}
    for pair in (rule.value("metadata") or "").split(","):
        word, _, value = pair.strip().partition(" ")
        found.setdefault(word, []).append(value.strip())
    return found


def _rule(attack: Attack, action: IdpAction) -> IdpRule:
    return IdpRule(attack.name, RuleMatch(), frozenset({attack.name}), action, logs=action is not IdpAction.IGNORE)


def _attack(rule: RuleText) -> Attack:
    """The attack of a rule; raises RuleError at the first thing that is not understood."""
    action = action_of(rule.header[0])
    header, spoken = ends_of(rule.header[2:]), protocol_of(rule.header[1])
    attack = Attack(_name(rule), (), recommended=action, header=header, severity=_severity(rule),
                    category=rule.value("classtype") or "", message=_message(rule))
    draft = Draft(_direction(rule))
    for keyword, value in rule.options:
        if keyword not in _FACTS and not read_option(draft, keyword, value):
            raise RuleError(keyword, "this keyword is not supported")
        attack = _with(attack, keyword, value, draft.direction)
    members = (*draft.members(), *(_event(word, draft.direction) for word in rule.values("app-layer-event")))
    if not members:
        raise RuleError(attack.name, "the rule looks for nothing")
    if spoken and not any(member.context.startswith((f"{spoken}.", "anomaly.")) for member in members):
        members = (*members, Member(protocol(spoken), ()))
    of_session = any(not member.context.startswith(("http.", "anomaly.")) for member in members)
    return replace(attack, members=members, session=of_session, resets=True, anomaly=rule.value("app-layer-event") is not None)


def _event(word: str, direction: Direction | None) -> Member:
    if word not in KINDS:
        raise RuleError(f"app-layer-event:{word}", f"no such event, expected {' | '.join(sorted(KINDS))}")
    return Member(anomaly(word), (), direction)


def _with(attack: Attack, keyword: str, value: str, direction: Direction | None) -> Attack:
    """What an option says of the attack itself."""
    match keyword:
        case "flowbits":
            return replace(attack, silent=True) if value == "noalert" else replace(attack, bits=(*attack.bits, _bit(value)))
        case "noalert":
            return replace(attack, silent=True)
        case "threshold" | "detection_filter":
            rate = _rate(keyword, value)
            turned = _TURNED.get(rate.scope, rate.scope) if direction is Direction.S2C else rate.scope
            return replace(attack, rate=replace(rate, scope=turned))
    return attack


def _name(rule: RuleText) -> str:
    sid = rule.value("sid")
    if sid is None:
        raise RuleError("sid", "the rule has none")
    return f"SID:{number('sid', sid)}"


def _message(rule: RuleText) -> str:
    text = rule.value("msg")
    return "" if text is None else unquoted("msg", text).replace("\\", "")


def _severity(rule: RuleText) -> Severity:
    priority = rule.value("priority")
    return Severity.MINOR if priority is None else _PRIORITIES.get(number("priority", priority), Severity.INFO)


def _direction(rule: RuleText) -> Direction | None:
    found = None
    for word in map(str.strip, (rule.value("flow") or "").split(",")):
        if word in _FLOW:
            found = _FLOW[word]
        elif word and word not in _FLOW_OF_ALL:
            raise RuleError(f"flow:{word}", "nothing like it is seen here")
    return found


def _bit(value: str) -> Bit:
    action, _, names = value.partition(",")
    if action.strip() not in _BIT_ACTIONS or not names.strip():
        raise RuleError(f"flowbits:{value}"[:40], f"expected noalert or one of {', '.join(sorted(_BIT_ACTIONS))} and a name")
    return Bit(action.strip(), tuple(name.strip() for name in names.split("|")))


def _rate(keyword: str, value: str) -> Rate:
    words = dict(part.strip().partition(" ")[::2] for part in value.split(","))
    kind = "filter" if keyword == "detection_filter" else words.get("type", "").strip()
    scope = _SCOPES.get(words.get("track", "").strip())
    if scope is None or (kind != "filter" and kind not in _KINDS):
        raise RuleError(f"{keyword}:{value}"[:60], "expected [type limit|threshold|both,] track by_src|by_dst|by_both|by_flow,"
                        " count N, seconds N")
    return Rate("filter" if kind == "filter" else _KINDS[kind], number("count", words.get("count", "")),
                number("seconds", words.get("seconds", "")), scope)
