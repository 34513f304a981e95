"""Log records as lines: structured syslog (RFC 5424) with Junos's SD-ID, and JSON, and back from syslog."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeAlias

import msgspec

from nf.log.layouts import Layout
from nf.log.records import LogRecord

Batches: TypeAlias = Iterable[tuple[datetime, Sequence[LogRecord]]]  # records of the same time together

VSRX = 129  # the model number that stands last in the SD-ID

# Whatever some reader would take for a line's end, and what UTF-8 cannot carry.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPECIAL = re.compile(r'["\\\]]')  # RFC 5424 §6.3.3
_ESCAPED = re.compile(r'\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(["\\\]]))')
_NOT_IN_HEADER = re.compile("[^!-~]")

_PARAMETER = re.compile(r' ([!#-<>-\\^-~]+)="((?:[^"\\\]]|\\.)*)"')
_LINE = re.compile(r"<(\d{1,3})>1 \S+ \S+ (\S+) \S+ (\S+) \[junos@2636\.1\.1\.1\.2\.\d+(.*)\]")
_KEYS = ("time", "host", "app", "name")


def structured_lines(batches: Batches, host_name: str, model: int = VSRX) -> list[str]:
    """Lines of structured syslog without their line feeds; times are aware and written in UTC, in milliseconds.

    Control characters are written as `\\x0a`, which RFC 5424 lets through: a value can neither end nor forge a line.
    """
    lines = []
    for at, records in batches:
        stamp = _stamp(at)
        for record in records:
            values = record.values
            text = "".join(values)  # nearly all records have nothing to escape, so all their values are looked at in one go
            if not text.isprintable() or '"' in text or "]" in text or "\\" in text:
                values = tuple(map(_escape, values))
            line = [*_blank(record.layout, host_name, model)]
            line[1], line[3::2] = stamp, values
            lines.append("".join(line))
    return lines


def structured(record: LogRecord, at: datetime, host_name: str, model: int = VSRX) -> str:
    """One line of them."""
    return structured_lines(((at, (record,)),), host_name, model)[0]


@lru_cache(256)
def _blank(layout: Layout, host_name: str, model: int) -> Sequence[str]:
    """The pieces of a message's line: every other one is empty, the first of these for the time, the others for the values.

    To fill them in and join all is twice as fast as to format.
    """
    head = f" {header(host_name)} {header(layout.app)} - {header(layout.name)} [junos@2636.1.1.1.2.{model}"
    pieces = [f"<{layout.priority}>1 ", "", head]
    for name in layout.names:
        pieces[-1] += f' {name}="'
        pieces += "", '"'
    pieces[-1] += "]"
    return pieces


def json_lines(batches: Batches, host_name: str) -> list[str]:
    """One JSON object for each record: time, host, app, name, then the fields, `field-` before one called like those four."""
    lines = []
    for at, records in batches:
        stamp = _stamp(at)
        for record in records:
            content = dict(zip(_KEYS, (stamp, host_name, record.app, record.name), strict=True))
            for name, value in record.fields:
                content[f"field-{name}" if name in _KEYS else name] = _SURROGATE.sub(_replaced, value)
            lines.append(msgspec.json.encode(content).decode())
    return lines


def read_structured(line: str) -> LogRecord | None:
    """The record that `structured` wrote, or None for any other line; reads other makers' lines in Junos's form too."""
    found = _LINE.fullmatch(line.rstrip("\r\n"))
    if found is None:
        return None
    priority, app, name, pairs = found.groups()
    read = list(_PARAMETER.finditer(pairs))
    if sum(len(pair[0]) for pair in read) != len(pairs):
        return None
    return LogRecord.of(app, name, int(priority), tuple((pair[1], _unescape(pair[2])) for pair in read))


def _stamp(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a log line needs an aware datetime")
    universal = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{universal.isoformat(timespec='milliseconds')[:-6]}Z"


@lru_cache(256)
def header(word: str) -> str:
    """A word as a header field: no blanks and only printable ASCII (RFC 5424 §6)."""
    return _NOT_IN_HEADER.sub("_", word)[:255] or "-"


def printable(text: str) -> str:
    """The text as UTF-8 can carry it on one line: what some reader would take for a line's end as `\\x0a`."""
    return text if text.isprintable() else _UNPRINTABLE.sub(_replaced, text)


def _escape(value: str) -> str:
    return printable(_SPECIAL.sub(r"\\\g<0>", value))


def _replaced(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _unescape(value: str) -> str:
    return _ESCAPED.sub(lambda found: found[3] or chr(int(found[1] or found[2], 16)), value)
