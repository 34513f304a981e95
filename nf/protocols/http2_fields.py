"""What a header list of HTTP/2 says (RFC 9113 §8.2-8.5), and what is odd in it for those who would write it as HTTP/1."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from nf.protocols.http1_head import Oddity
from nf.protocols.http_request import host_of
from nf.protocols.items import Headers

_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+\Z")
_BROKEN_VALUE: Final = re.compile(r"[\r\n\0]")
_OF_CONNECTIONS: Final = frozenset({"connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"})
_PSEUDO: Final = frozenset({":method", ":scheme", ":authority", ":path", ":protocol", ":status"})


class Fields(NamedTuple):
    """A header list: pseudo-header fields apart."""

    pseudo: dict[str, str]
    headers: Headers
    oddities: tuple[Oddity, ...]

    def length(self) -> int | None:
        """The length that the content is said to have."""
        said = [value for name, value in self.headers if name == "content-length"]
        return int(said[0]) if len(said) == 1 and said[0].isdecimal() and len(said[0]) < 20 else None


def fields(decoded: Iterable[tuple[bytes, bytes]]) -> Fields:
    """Sort a header list, and look for what HTTP/1 could not say."""
    pseudo: dict[str, str] = {}
    headers: list[tuple[str, str]] = []
    odd: dict[str, Oddity] = {}
    for raw_name, raw_value in decoded:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if _BROKEN_VALUE.search(value):
            odd["value"] = ("smuggling", f"line end or NUL in the value of {name[:40]!r}")
        if name.startswith(":"):
            if name in pseudo or name not in _PSEUDO or headers:
                odd["pseudo"] = ("malformed", f"pseudo-header field {name[:40]!r} out of place")
            pseudo.setdefault(name, value)
            continue
        if not _NAME.match(name):
            odd["name"] = ("smuggling", f"header name {name[:40]!r}")
        elif name in _OF_CONNECTIONS:
            odd["connection"] = ("smuggling", f"{name} in HTTP/2")
        headers.append((name.lower(), value))
    return Fields(pseudo, tuple(headers), tuple(odd.values()))


def odd_request(found: Fields) -> list[Oddity]:
    """What is odd in a request."""
    pseudo = found.pseudo
    odd = list(found.oddities)
    method = pseudo.get(":method", "")
    plain_connect = method == "CONNECT" and ":protocol" not in pseudo
    missing = {":method", ":authority"} if plain_connect else {":method", ":scheme", ":path"}
    odd += [("malformed", f"no {name}") for name in sorted(missing - set(pseudo))]
    if any(white in pseudo.get(name, "") for name in (":method", ":path", ":authority", ":scheme") for white in " \t"):
        odd.append(("smuggling", "white space in a pseudo-header field"))
    hosts = [host_of(value) for name, value in found.headers if name == "host"]
    authority = pseudo.get(":authority")
    if len(hosts) > 1 or (hosts and authority is not None and hosts[0] != host_of(authority)):
        odd.append(("host", f"host {', '.join(hosts)[:80]!r}, but :authority is {(authority or '')[:80]!r}"))
    if sum(name == "content-length" for name, _ in found.headers) > 1:
        odd.append(("smuggling", "several content-lengths"))
    return odd
