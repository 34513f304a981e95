"""Rules of `rulebase-ips` and `rulebase-exempt`."""

from dataclasses import dataclass
from typing import Literal, cast

from nf.config.build_applications import Applications
from nf.config.services import Scope
from nf.config.services.idp.groups import Groups
from nf.config.tree import Statement
from nf.policy.attacks import IdpAction, Severity
from nf.policy.idp import ExemptRule, IdpRule, IpAction, PacketLog, RuleMatch
from nf.policy.match import ANY, AddressMatch

_ANYTHING = frozenset({"default", ANY})  # applications that leave it to the attacks


@dataclass(frozen=True, slots=True)
class Rules:
    """Builds rules from what they may name."""

    scope: Scope
    groups: Groups
    applications: Applications
    keeps_packets: bool = False  # those around an attack that rules want logged

    def prevention(self, entry: Statement) -> IdpRule:
        """A rule of `rulebase-ips`."""
        then = entry.one("then") or Statement(None)
        action, codepoint = self._action(entry, then)
        return IdpRule(
            entry.name, self._match(entry), self._attacks(entry), action, codepoint, self._ip_action(then),
            Severity(then.value("severity")) if then.has("severity") else None,
            logs=then.has("notification", "log-attacks"), alert=then.has("notification", "log-attacks", "alert"),
            packet_log=self._packet_log(entry, then), terminal=entry.has("terminal"))

    def exempt(self, entry: Statement) -> ExemptRule:
        """A rule of `rulebase-exempt`."""
        return ExemptRule(entry.name, self._match(entry), self._attacks(entry),
                          logs=entry.has("then", "notification", "log-attacks"))

    def _attacks(self, entry: Statement) -> frozenset[str]:
        match = entry.one("match")
        if match is None or not match.has("attacks"):
            self.scope.findings.remark(entry, f"rule {entry.name}", "it names no attacks, so nothing is ever found by it")
        return self.groups.attacks(match)

    def _match(self, entry: Statement) -> RuleMatch:
        match = entry.one("match")
        if match is None:
            return RuleMatch()
        from_zone, to_zone = self._zone(match, "from-zone"), self._zone(match, "to-zone")
        application = match.one("application")
        return RuleMatch(
            from_zone, to_zone, self._addresses(match, "source", from_zone), self._addresses(match, "destination", to_zone),
            self.applications.resolve(application) if application and application.text not in _ANYTHING else None)

    def _zone(self, match: Statement, word: str) -> str | None:
        leaf = match.one(word)
        if leaf is None or leaf.text == ANY:
            return None
        zones = self.scope.system.zone_map.zones
        if leaf.text not in zones:
            self.scope.findings.wrong(leaf, leaf.text, "no such zone", zones)
        return leaf.text

    def _addresses(self, match: Statement, side: str, zone: str | None) -> AddressMatch | None:
        leaf, negated = match.one(f"{side}-address"), match.one(f"{side}-except")
        if leaf is None and negated is None:
            return None
        return self.scope.books.resolve(negated or leaf, zone, negated=negated is not None)

    def _action(self, entry: Statement, then: Statement) -> tuple[IdpAction, int | None]:
        place = then.one("action")
        found = next((child for child in place.children.values() if not child.inactive), None) if place else None
        if found is None or found.word is None:
            return IdpAction.NONE, None
        if found.word.name == "class-of-service":
            codepoint = found.number("dscp-code-point")
            return (IdpAction.NONE if codepoint is None else IdpAction.MARK), codepoint
        action = IdpAction(found.word.name)
        if action is IdpAction.DROP_PACKET:
            self.scope.findings.remark(found, f"rule {entry.name} then action drop-packet",
                                       "ends the session as drop-connection does: nothing can be left out of a TCP stream")
        if action is IdpAction.MARK and found.number("codepoint") is None:
            self.scope.findings.wrong(found, "mark-diffserv", "expected a codepoint from 0 to 63")
        return action, found.number("codepoint") if action is IdpAction.MARK else None

    def _packet_log(self, entry: Statement, then: Statement) -> PacketLog | None:
        place = then.one("notification", "packet-log")
        if place is None:
            return None
        if not self.keeps_packets:
            self.scope.findings.remark(place, f"rule {entry.name} then notification packet-log",
                                       "no effect without security idp sensor-configuration packet-log local-storage")
        seconds = place.number("post-attack-timeout")
        return PacketLog(place.number("pre-attack") or 1, place.number("post-attack") or 0, 5 if seconds is None else seconds)

    def _ip_action(self, then: Statement) -> IpAction | None:
        place = then.one("ip-action")
        kind = next((word for word in ("ip-notify", "ip-close", "ip-block") if place and place.has(word)), None)
        if place is None or kind is None:
            return None
        word = cast("Literal['notify', 'close', 'block']", kind.removeprefix("ip-"))
        return IpAction(word, place.value("target") or "service", place.number("timeout") or 0,
                        place.has("log"), place.has("log-create"), place.has("refresh-timeout"))
