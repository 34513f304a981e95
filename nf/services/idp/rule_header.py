"""The header of a rule: what becomes of sessions, and between which ends they run."""

from ipaddress import ip_network

from nf.policy.attacks import Ends, Header, IdpAction
from nf.policy.match import AddressMatch, PortRange
from nf.policy.zones import IpNetwork
from nf.services.idp.rule_text import RuleError

ACTIONS = {
    "alert": IdpAction.NONE, "log": IdpAction.NONE, "drop": IdpAction.DROP, "sdrop": IdpAction.DROP, "block": IdpAction.DROP,
    "reject": IdpAction.CLOSE, "rejectboth": IdpAction.CLOSE, "rejectsrc": IdpAction.CLOSE_CLIENT,
    "rejectdst": IdpAction.CLOSE_SERVER, "pass": IdpAction.IGNORE}
APPLICATIONS = frozenset({"http", "http1", "http2", "smtp", "ftp", "imap", "pop3", "tls", "ssl"})
_CARRIERS = frozenset({"tcp", "ip", "tcp-stream"})
_HIGHEST_PORT = 65535


def action_of(word: str) -> IdpAction:
    """What becomes of a session."""
    if word not in ACTIONS:
        raise RuleError(word, f"no such action, expected {' | '.join(ACTIONS)}")
    return ACTIONS[word]


def protocol_of(word: str) -> str:
    """The protocol that the session must speak, empty for any over TCP."""
    if word in _CARRIERS:
        return ""
    if word not in APPLICATIONS:
        raise RuleError(word, "this protocol is not looked into here")
    return {"http1": "http", "http2": "http", "ssl": "tls"}.get(word, word)


def ends_of(words: tuple[str, ...]) -> Header:
    """The ends of the five words from source to port."""
    source, source_port, arrow, destination, destination_port = words
    if arrow not in {"->", "<>"}:
        raise RuleError(arrow, "expected -> or <>")
    return Header(_ends(source, source_port), _ends(destination, destination_port), both_ways=arrow == "<>")


def variables(words: tuple[str, ...]) -> frozenset[str]:
    """The variables that the header names; they stand for anything here."""
    return frozenset(part.lstrip("!$") for word in words for part in _parts(word) if part.lstrip("!").startswith("$"))


def _ends(address: str, port: str) -> Ends:
    included, excluded = _addresses(address)
    ports, excluded_ports = _ports(port)
    return Ends(included, excluded, ports, excluded_ports)


def _parts(word: str) -> list[str]:
    """The parts of a list; a negated list is a list of negated parts."""
    sign = "!" if word.startswith("!") else ""
    word = word[len(sign):]
    if not word.startswith("["):
        return [sign + word]
    if not word.endswith("]"):
        raise RuleError(word, "expected ']' at its end")
    found, part, depth = [], "", 0
    for character in word[1:-1] + ",":
        depth += (character == "[") - (character == "]")
        if character == "," and depth == 0:
            found += [_joined(sign, inner) for inner in _parts(part)]
            part = ""
        else:
            part += character
    return found


def _named(word: str) -> list[tuple[str, str]]:
    """Parts that are no variables, each with and without its sign; where one means anything, only those that exclude."""
    parts = [(part, part.lstrip("!")) for part in _parts(word)]
    anything = [part for part, bare in parts if part == bare and (bare == "any" or bare.startswith("$"))]
    return [(part, bare) for part, bare in parts
            if bare != "any" and not bare.startswith("$") and not (anything and part == bare)]


def _joined(sign: str, part: str) -> str:
    return part[1:] if sign and part.startswith("!") else sign + part


def _addresses(word: str) -> tuple[AddressMatch | None, AddressMatch | None]:
    sides: dict[bool, list[IpNetwork]] = {False: [], True: []}
    for part, bare in _named(word):
        try:
            sides[part.startswith("!")].append(ip_network(bare, strict=False))
        except ValueError:
            raise RuleError(part, "expected an address, a prefix, any or a variable") from None
    return _match(sides[False]), _match(sides[True])


def _match(prefixes: list[IpNetwork]) -> AddressMatch | None:
    return AddressMatch(tuple(map(str, prefixes)), tuple(prefixes)) if prefixes else None


def _ports(word: str) -> tuple[tuple[PortRange, ...], tuple[PortRange, ...]]:
    sides: dict[bool, list[PortRange]] = {False: [], True: []}
    for part, bare in _named(word):
        low, colon, high = bare.partition(":")
        try:
            ports = PortRange(int(low or 0), int(high or _HIGHEST_PORT) if colon else int(low))
        except ValueError:
            raise RuleError(part, "expected a port, a range low:high, any or a variable") from None
        sides[part.startswith("!")].append(ports)
    return tuple(sides[False]), tuple(sides[True])
