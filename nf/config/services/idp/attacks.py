"""`security idp custom-attack` to an attack: signatures, chains and anomalies."""

from collections.abc import Iterator
from dataclasses import dataclass

from hwmodel.session import Direction
from nf.config.errors import Findings
from nf.config.services.idp.patterns import PatternError, expression, postfix
from nf.config.services.idp.times import rate
from nf.config.tree import Statement
from nf.policy.attacks import STREAM, Attack, Content, DataAt, IdpAction, Member, Regex, Severity, Test
from nf.policy.match import PortRange
from nf.services.idp.contexts import BEGINNINGS, JUNOS, KINDS, anomaly, protocol
from nf.services.idp.matcher import why_not, why_not_in_stream

_RECOMMENDED = {
    "none": IdpAction.NONE, "ignore": IdpAction.IGNORE, "drop-packet": IdpAction.DROP_PACKET, "drop": IdpAction.DROP,
    "close-client": IdpAction.CLOSE_CLIENT, "close-server": IdpAction.CLOSE_SERVER, "close": IdpAction.CLOSE}
_DIRECTIONS = {"client-to-server": Direction.C2S, "server-to-client": Direction.S2C, "any": None}
_PROTOCOLS = {"http": "http", "https": "http", "smtp": "smtp", "ftp": "ftp", "imap": "imap", "pop3": "pop3", "ssl": "tls"}
_NARROWER = (  # what would make an attack rarer than it is without: better never found than found where it is not
    ("protocol",), ("regexp",), ("content", "byte-extract"), ("content", "byte-test"), ("content", "byte-math"),
    ("content", "byte-jump"), ("content", "depth", "depth-variable"), ("content", "offset", "offset-variable"),
    ("content", "within", "within-variable"), ("content", "distance", "distance-variable"))


class _NeverFoundError(Exception):
    """Why an attack is never found here."""

    def __init__(self, at: Statement, why: str) -> None:
        super().__init__(why)
        self.at = at


@dataclass(frozen=True, slots=True)
class AttackReader:
    """One custom attack."""

    entry: Statement
    findings: Findings

    def attack(self) -> Attack | None:
        """The attack, or None with what was noted: a mistake, or that it is never found."""
        try:
            return self._attack()
        except _NeverFoundError as never:
            self.findings.remark(never.at, f"custom-attack {self.entry.name}", f"never found: {never}")
        except PatternError as error:
            self.findings.wrong(self.entry, self.entry.name, str(error))
        return None

    def _attack(self) -> Attack | None:
        kind = self.entry.one("attack-type")
        signature, chain = (kind.one(word) if kind else None for word in ("signature", "chain"))
        if kind is None or not (signature or chain or kind.one("anomaly")):
            self.findings.wrong(self.entry, self.entry.name, "attack has no attack-type, expected signature | anomaly | chain")
            return None
        bound = signature or chain
        members = tuple(self._chain(chain) if chain else (self._member(kind, "m01"),))
        ports, spoken = self._binding(bound) if bound else ((), "")
        if spoken and not any(member.context.startswith(f"{spoken}.") for member in members):
            members = (*members, Member(protocol(spoken), (), name="protocol"))
        return Attack(
            self.entry.name, members, Severity(self.entry.value("severity") or "warning"),
            _RECOMMENDED[self.entry.value("recommended-action") or "none"], category="custom",
            message=" ".join(self.entry.texts("attack-description")), anomaly=kind.has("anomaly"),
            session=self._is_of_session(chain, members), ordered=bool(chain and chain.has("order")),
            resets=bool(chain and chain.has("reset")), expression=self._expression(chain, members),
            rate=rate(self.entry, self.findings), ports=ports)

    def _is_of_session(self, chain: Statement | None, members: tuple[Member, ...]) -> bool:
        scope = chain.value("scope") if chain else None
        return len(members) > 1 and (scope != "transaction" or any(member.context == STREAM for member in members))

    def _chain(self, chain: Statement) -> Iterator[Member]:
        entries = list(chain.all("member"))
        if not entries:
            raise PatternError("a chain needs members")
        for entry in entries:
            kind = entry.one("attack-type")
            if kind is None:
                raise PatternError(f"member {entry.name} has no attack-type")
            yield self._member(kind, entry.name)

    def _expression(self, chain: Statement | None, members: tuple[Member, ...]) -> tuple[str, ...]:
        text = chain.value("expression") if chain else None
        if text is None:
            return ()
        names = tuple(member.name for member in members)
        return (*postfix(text, names), *(word for name in names if name == "protocol" for word in (name, "and")))

    def _member(self, kind: Statement, name: str) -> Member:
        found = kind.one("anomaly")
        if found is not None:
            return self._anomaly(found, name)
        signature = kind.one("signature")
        if signature is None:
            raise PatternError(f"member {name} has neither signature nor anomaly")
        for path in _NARROWER:
            narrower = signature.one(*path)
            if narrower is not None:
                raise _NeverFoundError(narrower, f"{' '.join(path)} is not looked at")
        if signature.value("shellcode") not in {None, "no-shellcode"}:
            raise _NeverFoundError(signature, "shellcode is not looked for")
        return self._signature(signature, name)

    def _anomaly(self, entry: Statement, name: str) -> Member:
        test = entry.value("test") or ""
        if test not in KINDS:
            raise _NeverFoundError(entry, f"no test of this name, those here are {', '.join(sorted(KINDS))}")
        return Member(anomaly(test), (), _DIRECTIONS[entry.value("direction") or "any"], name)

    def _signature(self, signature: Statement, name: str) -> Member:
        leaf = signature.one("context")
        junos = leaf.text if leaf else "stream"
        known = JUNOS.get(junos) or JUNOS.get(junos.lower())
        if known is None:
            self.findings.wrong(leaf or signature, junos, "no such context", JUNOS)
            known = STREAM, None
        context, direction = known
        tests = tuple(self._tests(signature, BEGINNINGS.get(junos)))
        if not tests or (why := why_not(tests)):
            raise PatternError(why if tests else "there is no pattern")
        endless = why_not_in_stream(tests) if context == STREAM else ""
        if endless:
            raise PatternError(f"{endless}: a stream has no end at which this could be decided")
        return Member(context, tests, _DIRECTIONS.get(signature.value("direction") or "", direction), name)

    def _tests(self, signature: Statement, beginning: int | None) -> Iterator[Test]:
        negated = signature.has("negate")
        for path in (("pattern",), ("pattern-pcre",), ("content", "pcre")):
            text = signature.value(*path)
            if text:
                found = expression(text) if path == ("pattern",) else Regex(text)
                yield self._modified(found, signature, beginning, negated=negated)
        content = signature.one("content")
        if content is not None:
            yield from _content(content, negated=negated)

    def _modified(self, test: Regex, signature: Statement, beginning: int | None, *, negated: bool) -> Regex:
        optional = signature.one("optional-parameters")
        numbers = [optional.number(word) if optional else None
                   for word in ("min-offset", "max-offset", "min-length", "edit-distance", "hamming-distance")]
        most = min((value for value in (numbers[1], beginning) if value is not None), default=None)
        return Regex(test.expression, dotall=test.dotall, negated=negated, min_offset=numbers[0], max_offset=most,
                     min_length=numbers[2], edit_distance=numbers[3], hamming_distance=numbers[4])

    def _binding(self, kind: Statement) -> tuple[tuple[PortRange, ...], str]:
        """The server's ports and the protocol that an attack is bound to."""
        binding = kind.one("protocol-binding")
        for child in binding.children.values() if binding else ():
            if child.word is not None and child.word.name not in {"tcp", "application", "ip"} and not child.inactive:
                raise _NeverFoundError(child, f"it is bound to {child.word.name}, and only what TCP carries is looked into")
        if binding is None:
            return (), ""
        spoken = binding.value("application")
        if spoken is not None and spoken.lower() not in _PROTOCOLS:
            raise _NeverFoundError(binding, f"the protocol {spoken} is not looked into")
        ports = tuple(PortRange(int(entry.name), int(entry.value("maximum-port") or entry.name))
                      for entry in binding.entries("tcp", "minimum-port"))
        return ports, _PROTOCOLS[spoken.lower()] if spoken else ""


def _content(content: Statement, *, negated: bool) -> Iterator[Test]:
    text = content.value("pattern")
    depth, within = content.number("depth", "depth-value"), content.number("within", "within-value")
    if text:
        yield Content(text.encode("latin-1", "replace"), negated=negated, offset=content.number("offset", "offset-value") or 0,
                      depth=depth, distance=content.number("distance", "distance-value"), within=within)
    there = content.one("is-data-at")
    if there is not None:
        yield DataAt(there.number("offset", "offset-value") or 0, there.has("relative"), there.has("negate"))
