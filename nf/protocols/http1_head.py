"""The head of an HTTP/1 message: start line and header (RFC 9112 §2-5), and what is odd about it.

llhttp reads what is well-formed. What it refuses, or accepts though others may not, is read here line by line as the most
tolerant of servers would, and what made that necessary is told.
"""

import re
from typing import Final, NamedTuple

import httptools

from nf.protocols.items import Headers

Oddity = tuple[str, str]  # kind and text of an anomaly

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_REQUEST_LINE: Final = re.compile(r"[ \t]*([^ \t]+)[ \t]+(.*?)[ \t]+(HTTP/[^ \t]*)[ \t]*\Z", re.DOTALL)
_STATUS_LINE: Final = re.compile(r"(HTTP/[^ \t]*)[ \t]+(\d{3})(?:[ \t](.*))?\Z", re.DOTALL)
SIMPLE: Final = re.compile(rb"GET[ \t]+([^ \t\r\n]+)[ \t]*\r?\n")  # HTTP/0.9, which some servers still answer
_VERSION: Final = re.compile(r"HTTP/1\.[01]\Z")
_WHITE: Final = " \t"


class Head(NamedTuple):
    """Method, target and version of a request; version, status and reason of a response; both with their header."""

    line: tuple[str, str, str]
    headers: Headers
    oddities: tuple[Oddity, ...] = ()

    def values(self, name: str) -> list[str]:
        """All values that the header has under a name."""
        return [value for found, value in self.headers if found == name]


class _Sheet:
    """What llhttp's callbacks fill in."""

    __slots__ = ("headers", "status", "target")

    def __init__(self) -> None:
        self.headers: list[tuple[str, str]] = []
        self.target = self.status = b""

    def on_url(self, target: bytes) -> None:
        self.target = target

    def on_status(self, status: bytes) -> None:
        self.status = status

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1").lower(), value.decode("latin-1").strip(_WHITE)))


def read_head(raw: bytes, *, response: bool) -> Head | None:
    """The head in these bytes, with the empty line behind it; None where there is no start line."""
    simple = None if response else SIMPLE.match(raw)
    if simple is not None:
        return Head(("GET", simple[1].decode("latin-1"), "HTTP/0.9"), (), (("malformed", "HTTP/0.9"),))
    sheet = _Sheet()
    parser: httptools.HttpResponseParser | httptools.HttpRequestParser
    parser = httptools.HttpResponseParser(sheet) if response else httptools.HttpRequestParser(sheet)
    refusal = ""
    try:
        parser.feed_data(raw)
    except httptools.HttpParserUpgrade:
        pass
    except httptools.HttpParserInvalidMethodError:
        refusal = "method"
    except httptools.HttpParserError as error:
        paused = isinstance(parser, httptools.HttpResponseParser) and parser.get_status_code() == 101
        refusal = "" if paused else str(error)
    if refusal or not _plain(raw):
        return _tolerant(raw.decode("latin-1"), refusal, response=response)
    version = f"HTTP/{parser.get_http_version()}"
    line = ((version, str(parser.get_status_code()), sheet.status.decode("latin-1"))
            if isinstance(parser, httptools.HttpResponseParser)
            else (parser.get_method().decode("ascii"), sheet.target.decode("latin-1"), version))
    return Head(line, tuple(sheet.headers), () if _VERSION.match(version) else (("malformed", f"version {version}"),))


def _plain(raw: bytes) -> bool:
    """Whether it has only line ends, and no white space, where everybody expects them."""
    ends = raw.count(b"\r\n")
    return (raw.count(b"\n") == ends and raw.count(b"\r") == ends and b"\n " not in raw and b"\n\t" not in raw
            and b" :" not in raw and b"\t:" not in raw and b"\0" not in raw)


def _tolerant(text: str, refusal: str, *, response: bool) -> Head | None:
    odd: dict[str, Oddity] = {}
    ends = text.count("\r\n")
    if text.count("\n") > ends:
        odd["lf"] = ("smuggling", "line feed without carriage return")
    if text.count("\r") > ends:
        odd["cr"] = ("smuggling", "carriage return without line feed")
    if "\0" in text:
        odd["nul"] = ("smuggling", "NUL in the header")
    first, *lines = (line.removesuffix("\r") for line in text.split("\n"))
    line = _status_line(first) if response else _request_line(first)
    if line is None:
        return None
    if not _VERSION.match(line[0 if response else 2]):
        odd["version"] = ("malformed", f"version {line[0 if response else 2][:20]!r}")
    headers = _fields(lines, odd)
    if not odd and refusal not in {"", "method"}:
        odd["refusal"] = ("malformed", refusal)
    if not response and not _TOKEN.match(line[0]):
        odd["method"] = ("malformed", f"method {line[0][:40]!r}")
    return Head(line, headers, tuple(odd.values()))


def _request_line(text: str) -> tuple[str, str, str] | None:
    match = _REQUEST_LINE.match(text)
    return (match[1], match[2], match[3]) if match else None


def _status_line(text: str) -> tuple[str, str, str] | None:
    match = _STATUS_LINE.match(text)
    return (match[1], match[2], match[3] or "") if match else None


def _fields(lines: list[str], odd: dict[str, Oddity]) -> Headers:
    found: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in {" ", "\t"}:
            odd["fold"] = ("smuggling", "folded header line")
            if found:
                found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip(_WHITE)}".strip(_WHITE))
            continue
        name, colon, value = line.partition(":")
        if not colon:
            if line:
                odd["colon"] = ("malformed", f"header line without a colon: {line[:40]!r}")
            continue
        bare = name.rstrip(" \t\v\f\r")
        if bare != name:
            odd["space"] = ("smuggling", f"white space between {bare[:40]!r} and its colon")
        if not _TOKEN.match(bare):
            odd["name"] = ("smuggling", f"header name {bare[:40]!r}")
        found.append((bare.lower(), value.strip(_WHITE)))
    return tuple(found)
