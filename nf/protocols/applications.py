"""The applications that a box knows by itself (Junos: `dynamic-application`): what they are called and what they are.

The names of protocols, and junos:FACEBOOK-ACCESS, stand in published configurations. The other names, the classes, the
risks and which server belongs to which application are our table, applications.csv; it may be changed. A group is named
after a category, or a category and a sub-category.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

PREFIX = "junos:"
HTTP, HTTP2, SSL, UNKNOWN = (PREFIX + name for name in ("HTTP", "HTTP2", "SSL", "UNKNOWN"))


@dataclass(frozen=True, slots=True)
class Application:
    """One application; `risk` is 1 to 5, or 0 where it has none. Texts are empty where nothing is said."""

    name: str
    category: str = ""
    sub_category: str = ""
    risk: int = 0
    characteristics: tuple[str, ...] = ()
    alpn: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()  # its servers' names, or what these end with, perhaps with the beginning of a path
    agents: tuple[str, ...] = ()  # what its clients begin to call themselves with

    @property
    def groups(self) -> tuple[str, ...]:
        """The predefined groups that it is in, the widest first."""
        words = [word.lower() for word in (self.category, self.sub_category) if word]
        return tuple(PREFIX + ":".join(words[:length]) for length in range(1, len(words) + 1))


@cache
def predefined() -> Mapping[str, Application]:
    """Every one of them by name."""
    with files("nf.protocols").joinpath("applications.csv").open(encoding="ascii") as table:
        return {row["name"]: Application(
            row["name"], row["category"], row["sub-category"], int(row["risk"] or 0),
            tuple(row["characteristics"].split(";")) if row["characteristics"] else (),
            tuple(row["alpn"].split()), tuple(row["hosts"].split()),
            tuple(filter(None, row["agents"].split(";")))) for row in csv.DictReader(table)}


@cache
def groups() -> Mapping[str, frozenset[str]]:
    """The predefined groups, each with its applications."""
    found: dict[str, set[str]] = {}
    for application in predefined().values():
        for group in application.groups:
            found.setdefault(group, set()).add(application.name)
    return {group: frozenset(members) for group, members in sorted(found.items())}


@cache
def names() -> frozenset[str]:
    """Every predefined application and group."""
    return frozenset(predefined()) | frozenset(groups())


def load() -> None:
    """Make the tables now: processes forked later share them, and no session waits for them."""
    for table in (_by_host, _by_alpn, _by_agent):
        table()


@cache
def _by_host() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """For each host the beginnings of paths there, the longest first, and what they belong to."""
    found: dict[str, list[tuple[str, str]]] = {}
    for application in predefined().values():
        for place in application.hosts:
            host, slash, path = place.partition("/")
            found.setdefault(host, []).append((slash + path, application.name))
    return {host: tuple(sorted(places, key=lambda place: -len(place[0]))) for host, places in found.items()}


@cache
def _by_alpn() -> Mapping[str, str]:
    return {alpn: application.name for application in predefined().values() for alpn in application.alpn}


@cache
def _by_agent() -> tuple[tuple[str, str], ...]:
    return tuple((agent, application.name) for application in predefined().values() for agent in application.agents)


@lru_cache(4096)
def of_server(host: str | None, path: str = "") -> str | None:
    """The application behind a server's name, by the longest suffix of whole labels, and a path there.

    >>> of_server("www.facebook.com"), of_server("www.facebook.com", "/messages/t")
    ('junos:FACEBOOK-ACCESS', 'junos:FACEBOOK-CHAT')
    """
    suffix = (host or "").lower().rstrip(".")
    while suffix:
        for beginning, name in _by_host().get(suffix, ()):
            if path.startswith(beginning):
                return name
        suffix = suffix.partition(".")[2]
    return None


@lru_cache(1024)
def of_agent(agent: str) -> str | None:
    """The application of a client that calls itself so (RFC 9110 §10.1.5)."""
    return next((name for beginning, name in _by_agent() if agent.startswith(beginning)), None)


def of_alpn(protocol: bytes) -> str | None:
    """The application of what TLS has agreed on (RFC 7301).

    >>> of_alpn(b"h2")
    'junos:HTTP2'
    """
    return _by_alpn().get(protocol.decode("latin-1"))
