"""What a request is for (RFC 9110 §7.1-7.2), the same for each version of HTTP."""

from collections.abc import Iterator

from nf.protocols.http1_head import Oddity
from nf.protocols.items import Headers


def host_of(authority: str) -> str:
    """The host in lower case, without user, port and last dot.

    >>> host_of("user@WWW.Example.test.:443"), host_of("[2001:db8::1]:443")
    ('www.example.test', '2001:db8::1')
    """
    bare = authority.rpartition("@")[2].strip().lower()
    if bare.startswith("["):
        return bare[1:].partition("]")[0]
    return bare.partition(":")[0].rstrip(".")


def aim(method: str, target: str, headers: Headers) -> tuple[str, str]:
    """The scheme, where the target says it, and the host of a request in HTTP/1: the target's before the header's."""
    if method == "CONNECT":
        return "", host_of(target)
    scheme, slashes, rest = target.partition("://")
    if slashes and scheme.isalnum():
        return scheme.lower(), host_of(rest.partition("/")[0].partition("?")[0])
    return "", next((host_of(value) for name, value in headers if name == "host"), "")


def odd_hosts(version: str, host: str, headers: Headers) -> Iterator[Oddity]:
    """A request that two servers may take for two sites'."""
    hosts = [host_of(value) for name, value in headers if name == "host"]
    if len(hosts) > 1:
        yield "host", "more than one Host"
    elif hosts and hosts[0] != host:
        yield "host", f"Host {hosts[0][:80]!r}, but the target's is {host[:80]!r}"
    elif not hosts and version == "1.1":
        yield "malformed", "no Host"
