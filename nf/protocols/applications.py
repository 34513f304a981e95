"""Names of applications (Junos: `dynamic-application`), by the protocol of their bytes and the name of their server.

The names of protocols, and junos:FACEBOOK-ACCESS, stand in published configurations. The others, the groups and which
server belongs to which are our table, in applications.csv; it may be changed.
"""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

HTTP, HTTP2, SSH, SSL, UNKNOWN = "junos:HTTP", "junos:HTTP2", "junos:SSH", "junos:SSL", "junos:UNKNOWN"
_PROTOCOLS = {"HTTP": (HTTP,), "HTTP/2": (HTTP, HTTP2), "SSH": (SSH,)}


@cache
def _by_suffix() -> Mapping[str, frozenset[str]]:
    with files("nf.protocols").joinpath("applications.csv").open(encoding="ascii") as table:
        rows = list(csv.DictReader(table))
    return {row["suffix"]: frozenset({row["name"], row["group"]}) for row in rows}


@cache
def names() -> frozenset[str]:
    """Every application and group that may ever be found."""
    return frozenset({HTTP, HTTP2, SSH, SSL, UNKNOWN}).union(*_by_suffix().values())


def of_server(host: str | None) -> frozenset[str]:
    """The application behind a server's name, with its group, by the longest suffix of whole labels; none is empty.

    >>> sorted(of_server("www.facebook.com"))
    ['junos:FACEBOOK-ACCESS', 'junos:web:social-networking']
    """
    suffix = (host or "").lower().rstrip(".")
    while suffix:
        found = _by_suffix().get(suffix)
        if found is not None:
            return found
        suffix = suffix.partition(".")[2]
    return frozenset()


def of_protocol(name: str) -> frozenset[str]:
    """The application of a protocol as `first_bytes` names it; nothing for one that has no name here.

    >>> sorted(of_protocol("HTTP/2"))
    ['junos:HTTP', 'junos:HTTP2']
    """
    return frozenset(_PROTOCOLS.get(name, ()))
