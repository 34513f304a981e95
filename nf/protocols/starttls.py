"""The way from a plain session to TLS: STARTTLS of SMTP, IMAP and POP3, AUTH TLS of FTP (RFC 3207, 2595, 9051, 4217).

Follows both directions until the server has agreed to TLS. What may not be is told at once: bytes behind the request
that did not wait for the answer, or behind the answer, which some readers would take for part of the TLS session
(CVE-2011-0411 and its like).
"""

from collections.abc import Iterator
from enum import Enum
from typing import Final

from nf.protocols.upgrade_dialects import Dialect, Said, dialect

LONGEST_LINE: Final = 2048  # bytes; commands and answers before TLS are short (RFC 5321 §4.5.3.1, RFC 9051 §4)


class Step(Enum):
    """How far a plain session has come after some bytes."""

    WAITING = "waiting"  # it may still ask for TLS
    UPGRADED = "upgraded"  # the server has agreed: the next bytes are the client's hello
    INJECTED = "injected"  # there are bytes where nobody may send any
    OVER = "over"  # it has become a session that asks for TLS no more, or never was one that could


class Upgrade:
    """Reads along; keeps at most one unfinished line of each direction."""

    def __init__(self) -> None:
        self._dialect: Dialect | None = None
        self._commands = b""  # the client's bytes that were not looked at yet
        self._answers = b""
        self._asked = False  # the client waits for the answer to its request

    def client(self, data: bytes) -> Step:
        """The client has sent more."""
        if self._asked:
            return Step.INJECTED
        self._commands += data
        return self._read_commands()

    def server(self, data: bytes) -> Step:
        """The server has sent more."""
        lines, self._answers = _lines(self._answers + data)
        for left, line in _counted(lines):
            step = self._answer(line, more=bool(left or self._answers))
            if step is not Step.WAITING:
                return step
        return Step.OVER if len(self._answers) > LONGEST_LINE else Step.WAITING

    def _read_commands(self) -> Step:
        if self._dialect is None:
            return Step.OVER if len(self._commands) > LONGEST_LINE else Step.WAITING
        lines, self._commands = _lines(self._commands)
        for left, line in _counted(lines):
            said = self._dialect.command(line)
            if said is Said.OVER:
                return Step.OVER
            if said is Said.ASKS:
                self._asked = True
                return Step.INJECTED if left or self._commands else Step.WAITING
        return Step.OVER if len(self._commands) > LONGEST_LINE else Step.WAITING

    def _answer(self, line: bytes, *, more: bool) -> Step:
        if self._dialect is None:
            self._dialect = dialect(line)
            return Step.OVER if self._dialect is None else self._read_commands()
        said = self._dialect.answer(line)
        if said is Said.ACCEPTS:
            return Step.INJECTED if more else Step.UPGRADED
        self._asked = self._asked and said is not Said.REFUSES
        return Step.OVER if said is Said.OVER else Step.WAITING


def _lines(data: bytes) -> tuple[list[bytes], bytes]:
    """The whole lines without their ends, and the beginning of one that is not whole yet."""
    *lines, rest = data.split(b"\n")
    return [line.strip() for line in lines], rest


def _counted(lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each line, after the number of those behind it."""
    return zip(range(len(lines) - 1, -1, -1), lines, strict=True)
