"""HTTP messages on their way into ICAP and back: what of a head is for the next hop alone stays on its connection.

(RFC 3507 §4.4.2.) The body travels without transfer coding, so what speaks of that stays back too; its content coding stays.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from nf.protocols.icap import IcapError, parse_headers
from nf.protocols.items import Headers, Request, Response

LAST_CHUNK: Final = b"0\r\n\r\n"
_HOP: Final = frozenset({"connection", "proxy-connection", "keep-alive", "te", "trailer", "upgrade", "http2-settings"})
_FRAMING: Final = frozenset({"transfer-encoding", "content-length", "expect"})
_START: Final = {"req": re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [\x21-\x7e]+ HTTP/1\.[01]"),
                 "res": re.compile(r"HTTP/1\.[01] (\d{3})(?: [^\x00-\x1f]*)?")}
_BODILESS: Final = frozenset({204, 205, 304})
_LINE_END: Final = re.compile(rb"\r?\n")


def request_head(item: Request, scheme: str) -> bytes:
    """A request's head for an ICAP server, with the whole URL, which some servers want; `scheme` is http or https."""
    authority = next((value for name, value in item.headers if name == "host"), "")
    is_path = item.target.startswith("/") and bool(authority)
    return _written(f"{item.method} {f'{scheme}://{authority}' if is_path else ''}{item.target} HTTP/1.1", item.headers)


def response_head(item: Response) -> bytes:
    """A response's head for an ICAP server."""
    return _written(f"HTTP/1.1 {item.status:03} {item.reason}", item.headers)


def expects_body(item: Request | Response) -> bool:
    """Whether content follows a head (RFC 9112 §6.3)."""
    length = next((value for name, value in item.headers if name == "content-length"), None)
    coded = any(name == "transfer-encoding" for name, _ in item.headers)
    if isinstance(item, Request):
        return coded or length not in {None, "0"}
    asked = item.request.method if item.request is not None else ""
    if asked == "HEAD" or item.status < 200 or item.status in _BODILESS:
        return False
    return coded or length != "0"


def content_length(item: Request | Response) -> int | None:
    """How long the content will be, None where the head does not say."""
    fields = dict(item.headers)
    length = fields.get("content-length", "")
    said = "transfer-encoding" not in fields and length.isascii() and length.isdecimal() and len(length) < 16
    return int(length) if said else None


@dataclass(frozen=True, slots=True)
class Adapted:
    """The head that an ICAP server has made of a message; IcapError where it is none.

    `kind` is req or res; `status` is a response's.
    """

    kind: str
    first: str
    headers: Headers
    status: int = 0

    @classmethod
    def read(cls, kind: str, head: bytes) -> "Adapted":
        """From its bytes."""
        first, *lines = _LINE_END.split(head.rstrip(b"\r\n"))
        start = first.decode("latin-1")
        found = _START[kind].fullmatch(start)
        if found is None:
            raise IcapError("answers with what is no HTTP message")
        if kind == "res":
            start = f"HTTP/1.1{start[8:]}"  # a length, or chunks, will be in its head
        return cls(kind, start, parse_headers(lines), int(found[1]) if kind == "res" else 0)

    def value(self, name: str) -> str:
        """A header's value, empty where it is not there."""
        return next((value for known, value in self.headers if known == name), "")

    def asking(self, original: Request) -> "Adapted":
        """A request in the original's version, with its target in that form: servers are asked for paths, proxies for URLs."""
        method, target, _ = self.first.split(" ")
        if original.target.startswith("/") and "://" in target:
            target = "/" + target.partition("://")[2].partition("/")[2]
        return replace(self, first=f"{method} {target} HTTP/{original.version}")

    def written(self, original: Headers, length: int | None, *, bodiless: bool = False) -> bytes:
        """As it goes on, with what the original says of its connection; content of unknown length comes in chunks.

        `bodiless` is a response that may say how long its content would be, and has none.
        """
        own = [(name, value) for name, value in self.headers if name not in _HOP and name not in _FRAMING]
        hop = [(name, value) for name, value in original if name in _HOP]
        if bodiless:
            framing = [(name, value) for name, value in self.headers if name == "content-length"]
        elif length is None:
            framing = [("transfer-encoding", "chunked")]
        else:
            framing = [("content-length", str(length))] if length or self.kind == "res" or self._may_have_body else []
        return _lines(self.first, (*own, *hop, *framing))

    @property
    def _may_have_body(self) -> bool:
        return self.first.startswith(("POST ", "PUT ", "PATCH "))


def http_chunk(data: bytes) -> bytes:
    """Some content as a chunk; nothing for none, since an empty chunk would be the last."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


def _written(first: str, headers: Headers) -> bytes:
    """Without what speaks of the connection alone."""
    return _lines(first, ((name, value) for name, value in headers
                          if name not in _HOP and (name not in _FRAMING or name == "content-length")))


def _lines(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [first, *(f"{_as_usual(name)}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")


def _as_usual(name: str) -> str:
    return "-".join(word.capitalize() for word in name.split("-"))
