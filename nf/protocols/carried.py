"""Content inside of a dialogue of lines: up to a dot alone (RFC 5321 §4.5.2, RFC 1939 §3), or of a length said before."""

import re
from enum import Enum
from typing import Final, Protocol

from hwmodel.session import Direction
from nf.protocols.items import Anomaly, Broken, Complete, Item
from nf.protocols.mime import Message

_DOT: Final = re.compile(rb"\n\.")
_UNSURE_DOT: Final = re.compile(rb"\n\.(?:[\r\n]|\Z)")  # perhaps alone in its line


class Carried(Protocol):
    """Some content that has begun."""

    @property
    def over(self) -> bool:
        """Whether all of it has come."""

    def read(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        """What these bytes from `at` on, which began at offset `start`, say; returns where it ended in them."""

    def end(self, at: int, out: list[Item]) -> None:
        """It is broken off there."""


class Letter:
    """A mail that is carried, in one piece or several."""

    def __init__(self, direction: Direction, exchange: int, message: Message) -> None:
        self.direction, self.exchange, self._message = direction, exchange, message
        self._begun = False

    @property
    def is_flat(self) -> bool:
        """Whether what comes is content of one part, whatever it says."""
        return self._message.is_flat

    def receive(self, data: bytes, end: int, out: list[Item], taken_off: int = 0) -> None:
        """More of it, from which so many bytes were taken off: only while it is flat."""
        self._begun = True
        out += self._message.receive(data, end, taken_off)

    def finish(self, at: int, out: list[Item], *, whole: bool = True) -> None:
        """That was all; of one that has never begun nothing is told."""
        if not self._begun and not whole:
            return
        out += self._message.finish(at, whole=whole)
        out.append((Complete if whole else Broken)(self.direction, at, at, self.exchange))


class _State(Enum):
    TEXT = "inside of a line"
    LINE = "at the beginning of one"
    DOT = "behind its first dot"
    RETURN = "behind that and a carriage return"


class Dotted:
    """Lines up to one with a dot alone; of others that begin with a dot that is taken off."""

    def __init__(self, direction: Direction, exchange: int, letter: Letter | None) -> None:
        self._direction, self._exchange, self._letter = direction, exchange, letter
        self._state = _State.LINE
        self._last = b"\r"  # before the last line feed
        self._crlf = True  # the line began behind a whole line end
        self.over = False

    def read(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        """Line ends other than CR LF around a dot are told: some servers take them for the end (CVE-2023-51764)."""
        while at < len(data) and not self.over:
            at = self._text(data, at, start, out) if self._state is _State.TEXT else self._dot(data, at, start, out)
        return at

    def end(self, at: int, out: list[Item]) -> None:
        """Broken off."""
        if self._letter is not None:
            self._letter.finish(at, out, whole=False)

    def _text(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        is_flat = self._letter is None or self._letter.is_flat
        match = (_UNSURE_DOT if is_flat else _DOT).search(data, at)
        end = match.start() + 1 if match else len(data)
        if data[end - 1] == 0x0A:
            self._state = _State.LINE
            self._crlf = (data[end - 2:end - 1] if end - at > 1 else self._last) == b"\r"
        text = data if end - at == len(data) else data[at:end]
        self._give(text.replace(b"\n.", b"\n") if is_flat else text, start + end, out, end - at)
        return end

    def _dot(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        """Byte by byte from a line's beginning to where it is clear what it is."""
        state, byte = self._state, data[at:at + 1]
        self._state = _State.TEXT
        if state is _State.LINE and byte == b".":
            self._state = _State.DOT
            return at + 1
        if state is _State.DOT and byte == b"\r":
            self._state = _State.RETURN
            return at + 1
        whole = state is _State.RETURN and byte == b"\n"
        if whole and self._crlf:
            self.over = True
            if self._letter is not None:
                self._letter.finish(start + at + 1, out)
            return at + 1
        if state is _State.RETURN or (state is _State.DOT and byte == b"\n"):
            place = start + at + 1
            text = "a dot alone without whole line ends"
            out.append(Anomaly(self._direction, place, place, self._exchange, "smuggling", text))
        if state is _State.RETURN:
            self._give(b"\r", start + at, out)
        return at

    def _give(self, data: bytes, end: int, out: list[Item], size: int = 0) -> None:
        self._last = data[-1:]
        if self._letter is not None:
            self._letter.receive(data, end, out, size - len(data) if size else 0)


class Counted:
    """So many bytes; `more` tells that the letter goes on in another piece."""

    def __init__(self, left: int, letter: Letter | None, *, more: bool = False) -> None:
        self._left, self._letter, self._more = left, letter, more

    @property
    def over(self) -> bool:
        """Whether all of it has come."""
        return not self._left

    def read(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        """As it comes."""
        size = min(self._left, len(data) - at)
        self._left -= size
        if self._letter is not None and size:
            self._letter.receive(data if size == len(data) else data[at:at + size], start + at + size, out)
        if self._letter is not None and not self._left and not self._more:
            self._letter.finish(start + at + size, out)
        return at + size

    def end(self, at: int, out: list[Item]) -> None:
        """Broken off."""
        if self._letter is not None:
            self._letter.finish(at, out, whole=False)
