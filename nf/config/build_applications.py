"""Applications: the predefined `junos-*`, the custom ones, and application sets unfolded."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from nf.config.errors import ConfigError, Findings
from nf.config.tree import Statement
from nf.policy.match import ANY, Application, ApplicationMatch, ApplicationTerm, PortRange

_PROTOCOLS = {"icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "egp": 8, "udp": 17, "ipv6": 41, "rsvp": 46, "gre": 47,
              "esp": 50, "ah": 51, "icmp6": 58, "icmpv6": 58, "ipv6_icmp": 58, "ospf": 89, "pim": 103, "vrrp": 112,
              "sctp": 132}
_PORTS = {"bgp": 179, "bootpc": 68, "bootps": 67, "domain": 53, "finger": 79, "ftp": 21, "ftp-data": 20, "http": 80,
          "https": 443, "ident": 113, "imap": 143, "kerberos-sec": 88, "ldap": 389, "nntp": 119, "ntp": 123,
          "pop3": 110, "pptp": 1723, "printer": 515, "radius": 1812, "rip": 520, "smtp": 25, "snmp": 161,
          "snmptrap": 162, "ssh": 22, "sunrpc": 111, "syslog": 514, "tacacs": 49, "telnet": 23, "tftp": 69}
_ICMP_TYPES = {"echo-reply": 0, "unreachable": 3, "source-quench": 4, "redirect": 5, "echo-request": 8,
               "ECHO_REQUEST": 8, "router-advertisement": 9, "router-solicit": 10, "time-exceeded": 11,
               "parameter-problem": 12, "timestamp": 13, "timestamp-reply": 14, "info-request": 15, "info-reply": 16,
               "mask-request": 17, "mask-reply": 18}
_EVERYTHING = (ApplicationTerm(),)
_OPEN = {name: Application(name, _EVERYTHING) for name in (ANY, "junos-defaults")}


@cache
def predefined_applications() -> Mapping[str, Application]:
    """The applications that a box knows without any configuration; rows of one name are its terms."""
    terms: dict[str, tuple[ApplicationTerm, ...]] = {}
    with files("nf.config").joinpath("junos-applications.csv").open(encoding="ascii") as table:
        for row in csv.DictReader(table):
            ports = PortRange(int(row["port_from"]), int(row["port_to"])) if row["port_from"] else PortRange()
            term = ApplicationTerm(_PROTOCOLS[row["protocol"]], PortRange(), ports, _ICMP_TYPES.get(row["icmp_type"]))
            terms[row["name"]] = (*terms.get(row["name"], ()), term)
    return {name: Application(name, found) for name, found in terms.items()}


@dataclass(slots=True)
class Applications:
    """Every application and application set that a policy may name."""

    findings: Findings
    known: dict[str, Application] = field(default_factory=dict)
    sets: dict[str, Statement] = field(default_factory=dict)

    def resolve(self, leaf: Statement) -> ApplicationMatch:
        """What the names of `match application` stand for."""
        found: dict[str, Application] = {}
        for name, line in leaf.values.items():
            if name in self.known:
                found[name] = self.known[name]
            elif name in self.sets:
                found |= {member.name: member for member in self.members(name)}
            else:
                known = [*self.known, *self.sets]
                self.findings.wrong(line, name, "no such application", known)
        return ApplicationMatch(tuple(leaf.values), tuple(found.values()))

    def members(self, start: str) -> Iterator[Application]:
        """The applications of a set and of the sets in it, in the order of the text."""
        waiting, seen = [self.sets[start]], {start}
        while waiting:
            inner = []
            for member in waiting.pop().children.values():
                if member.inactive or member.word is None or member.word.name == "description":
                    continue
                if member.word.name == "application" and member.name in self.known:
                    yield self.known[member.name]
                elif member.word.name == "application-set" and member.name in self.sets and member.name not in seen:
                    seen.add(member.name)
                    inner.append(self.sets[member.name])
            waiting.extend(reversed(inner))

    def check_sets(self) -> None:
        """Note members that do not exist, and sets that contain themselves, be it through others."""
        for owner in self.sets.values():
            for member in (*owner.all("application"), *owner.all("application-set")):
                kind = member.word.name if member.word else ""
                known = self.known if kind == "application" else self.sets
                if member.name not in known:
                    self.findings.wrong(member, member.name, f"no such {kind}", known)
                elif kind == "application-set" and self._leads(member.name, owner.name):
                    self.findings.wrong(member, member.name, f"this application-set contains {owner.name} itself")

    def _leads(self, start: str, goal: str) -> bool:
        """Whether a set is another one, or holds it at any depth."""
        waiting, seen = [start], {start}
        while waiting:
            name = waiting.pop()
            if name == goal:
                return True
            inner = {member.name for member in self.sets[name].all("application-set")} if name in self.sets else set()
            waiting.extend(inner - seen)
            seen |= inner
        return False


def applications(root: Statement, findings: Findings) -> Applications:
    """The predefined applications and those of the text."""
    found = Applications(findings, {**_OPEN, **predefined_applications()})
    for entry in root.entries("applications", "application"):
        found.known[entry.name] = _application(entry, findings)
    found.sets = {entry.name: entry for entry in root.entries("applications", "application-set")}
    found.check_sets()
    return found


def _application(entry: Statement, findings: Findings) -> Application:
    parts = [part for part in (entry, *entry.all("term")) if part is not entry or part.has("protocol")]
    if not parts:
        findings.wrong(entry, entry.name, "this application has neither a protocol nor a term")
    terms: list[ApplicationTerm] = []
    timeout: int | None = None
    for part in parts:
        try:
            terms.append(_term(part, findings))
            timeout = _timeout(part, findings) if timeout is None else timeout
        except ConfigError as error:
            findings.errors.append(error)
    return Application(entry.name, tuple(terms), timeout)


def _term(part: Statement, findings: Findings) -> ApplicationTerm:
    if not part.has("protocol"):
        raise findings.error(part.line, part.name, "this term has no protocol")
    protocol = _number(part, "protocol", _PROTOCOLS, 255, findings)
    icmp = "icmp6" if protocol == _PROTOCOLS["icmp6"] else "icmp"
    return ApplicationTerm(protocol, _ports(part, "source-port", findings), _ports(part, "destination-port", findings),
                           _number(part, f"{icmp}-type", _ICMP_TYPES if icmp == "icmp" else {}, 255, findings),
                           _number(part, f"{icmp}-code", {}, 255, findings))


def _timeout(part: Statement, findings: Findings) -> int | None:
    return _number(part, "inactivity-timeout", {"never": 0}, 86400, findings)


def _number(part: Statement, word: str, names: Mapping[str, int], most: int, findings: Findings) -> int | None:
    leaf = part.one(word)
    return None if leaf is None else _named(leaf, leaf.text, names, most, findings)


def _named(leaf: Statement, text: str, names: Mapping[str, int], most: int, findings: Findings) -> int:
    if text in names:
        return names[text]
    if text.isascii() and text.isdigit() and len(text) < 8 and int(text) <= most:
        return int(text)
    kind = leaf.word.name if leaf.word else ""
    wanted = "a number or a name" if names else "a number"
    raise findings.error(leaf.line, text, f"{kind} takes {wanted}, {most} at most", names)


def _ports(part: Statement, word: str, findings: Findings) -> PortRange:
    leaf = part.one(word)
    if leaf is None:
        return PortRange()
    low, dash, high = leaf.text.partition("-") if leaf.text not in _PORTS else (leaf.text, "", "")
    first = _named(leaf, low, _PORTS, 65535, findings)
    last = _named(leaf, high, _PORTS, 65535, findings) if dash else first
    if last < first:
        raise findings.error(leaf.line, leaf.text, "a range of ports is written LOW-HIGH")
    return PortRange(first, last)
