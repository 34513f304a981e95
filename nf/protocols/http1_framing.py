"""Where an HTTP/1 message's content ends (RFC 9112 §6): decided by its head, reported where two readers may differ."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from nf.protocols.http1_head import Head, Oddity

_LENGTH: Final = re.compile(r"[0-9]{1,19}\Z")


class Framing(NamedTuple):
    """How much content follows: `length` bytes, or chunks; a length of None without chunks: up to the stream's end."""

    length: int | None = 0
    chunked: bool = False
    oddities: tuple[Oddity, ...] = ()
    lost: bool = False  # nobody can tell


def of_request(head: Head) -> Framing:
    """A request's content; without a word on it there is none."""
    return _framing(head, 0)


def of_response(head: Head, status: int, method: str) -> Framing:
    """The content of a response to a request with this method."""
    if method == "HEAD" or status in {204, 304} or status < 200:
        return Framing()
    return _framing(head, None)


def _framing(head: Head, silent: int | None) -> Framing:
    lengths, codings = head.values("content-length"), head.values("transfer-encoding")
    if not lengths and not codings:
        return Framing(silent)
    if codings:
        odd = tuple(("smuggling", text) for text in _odd_codings(head, codings, lengths))
        last = codings[-1].rpartition(",")[2].strip(" \t").lower()
        if last == "chunked":
            return Framing(None, True, odd)
        return Framing(None, oddities=odd, lost=silent is not None)
    values = [value.strip(" \t") for line in lengths for value in line.split(",")]
    if not all(_LENGTH.match(value) for value in values):
        return Framing(oddities=(("smuggling", f"Content-Length {lengths[0][:40]!r}"),), lost=True)
    if len({int(value) for value in values}) > 1:
        return Framing(oddities=(("smuggling", f"several Content-Lengths: {', '.join(values)[:80]}"),), lost=True)
    repeated = (("smuggling", "repeated Content-Length"),) if len(values) > 1 else ()
    return Framing(int(values[0]), oddities=repeated)


def _odd_codings(head: Head, codings: list[str], lengths: list[str]) -> Iterator[str]:
    if lengths:
        yield "both Content-Length and Transfer-Encoding"
    if head.line[2] == "HTTP/1.0" or head.line[0] == "HTTP/1.0":
        yield "Transfer-Encoding in HTTP/1.0"
    words = [word.strip(" \t") for line in codings for word in line.split(",")]
    if len(codings) > 1 or words.count("chunked") > 1 or any(
            word.lower() not in {"chunked", "gzip", "x-gzip", "deflate"} for word in words) or words[-1].lower() != "chunked":
        yield f"Transfer-Encoding {', '.join(codings)[:80]!r}"
