"""Commands and replies in lines, with mails in between: what SMTP, POP3, IMAP and FTP have in common.

Keeps an unfinished line of each direction and the commands that wait for their replies.
"""

from abc import ABC, abstractmethod
from collections import deque
from typing import ClassVar, Final, NamedTuple

from hwmodel.session import Direction
from nf.protocols.carried import Carried, Letter
from nf.protocols.items import Anomaly, Command, Item, Reply
from nf.protocols.mime import Envelope, Message
from nf.protocols.notice import Notice
from nf.protocols.reader import Reader
from nf.protocols.reading import Reading

C2S, S2C = Direction.C2S, Direction.S2C
LONGEST_LINE: Final = 1 << 16  # bytes; IMAP's lists of messages are long
MOST_PENDING: Final = 1000  # commands without their reply
_TLS_HANDSHAKE: Final = b"\x16"  # the first byte of TLS, and of no line


class Pending(NamedTuple):
    """A command that has not been answered."""

    exchange: int
    verb: str
    word: str = ""  # what its reply is known by, or is about
    of: int = 0  # the exchange that it goes on with

    def concerns(self, exchange: int) -> bool:
        """Whether its reply is one to that exchange."""
        return exchange > 0 and exchange in {self.exchange, self.of}


NOBODY: Final = Pending(0, "")


class Line(NamedTuple):
    """A line without its end, and where it lies with it."""

    text: str
    start: int
    end: int


class Dialogue(ABC):
    """Both directions of a session."""

    name: ClassVar[str]
    successor: Reader | None = None  # of TLS that nobody decrypts

    def __init__(self, reading: Reading) -> None:
        self.over = False
        self.pending: deque[Pending] = deque()
        self.carried: dict[Direction, Carried | None] = {C2S: None, S2C: None}
        self._answered, self._answered_at = NOBODY, 0  # whose reply was read last, and where that began
        self._reading = reading
        self._count = 0
        self._kept: dict[Direction, bytes] = {C2S: b"", S2C: b""}
        self._boundary: dict[Direction, int] = {C2S: 0, S2C: 0}
        self._seen: dict[Direction, int] = {C2S: 0, S2C: 0}  # how far each has come
        self._lost: set[Direction] = set()
        self._upgraded: set[Direction] = set()  # that have agreed to TLS and sent nothing since

    @abstractmethod
    def command(self, line: Line, out: list[Item]) -> None:
        """A line of the client's."""

    @abstractmethod
    def reply(self, line: Line, out: list[Item]) -> None:
        """A line of the server's."""

    @abstractmethod
    def refusal(self, text: str, asked: Pending) -> bytes:
        """The reply that refuses what this command asks for."""

    def read(self, direction: Direction, data: bytes, start: int) -> tuple[list[Item], int]:
        """Lines, and what is carried between them."""
        out: list[Item] = []
        at, self._seen[direction] = 0, start + len(data)
        if direction in self._upgraded and data:
            self._upgraded.remove(direction)
            self.over = data[:1] == _TLS_HANDSHAKE
        while at < len(data) and direction not in self._lost and not self.over:
            carried = self.carried[direction]
            if carried is None:
                at = self._line(direction, data, at, start, out)
                continue
            at = carried.read(data, at, start, out)
            if carried.over and self.carried[direction] is carried:
                self.carried[direction] = None
                self._boundary[direction] = start + at
        return out, at if self.over else len(data)

    def end(self, direction: Direction, at: int) -> list[Item]:
        """What is carried is broken off."""
        out: list[Item] = []
        self._seen[direction] = at
        self.break_off(direction, out)
        return out

    def boundary(self, direction: Direction) -> int:
        """Where the last line, or mail, ended."""
        return self._boundary[direction]

    def refuse(self, notice: Notice, passed: int) -> bytes | None:
        """A negative reply, where the client has had all earlier ones and nothing of this one."""
        if self._answered.concerns(notice.exchange) and passed == self._answered_at:
            return self.refusal(notice.line(), self._answered)
        following = self.pending[0] if self.pending else NOBODY
        if not following.concerns(notice.exchange) or passed != self._boundary[S2C]:
            return None
        return self.refusal(notice.line(), following)

    def ask(self, line: Line, verb: str, argument: str, out: list[Item], word: str = "") -> int:
        """A command; returns its exchange."""
        self._count += 1
        out.append(Command(C2S, line.start, line.end, self._count, self.name, verb.upper()[:32], argument))
        self.pending.append(Pending(self._count, verb.upper(), word))
        if len(self.pending) > MOST_PENDING:
            self.lose(C2S, line, "flood", f"{len(self.pending)} commands wait for their replies", out)
        return self._count

    def say(self, line: Line, code: int, text: str, pending: Pending | None, out: list[Item]) -> None:
        """A reply, or a line of one."""
        asked = pending or NOBODY
        if asked != self._answered:
            self._answered, self._answered_at = asked, line.start
        out.append(Reply(S2C, line.start, line.end, asked.exchange, self.name, code, text))

    def await_more(self) -> None:
        """That was not the reply that ends what the command asks for."""
        self._answered = NOBODY

    def letter(self, direction: Direction, exchange: int, envelope: Envelope) -> Letter:
        """A mail begins."""
        return Letter(direction, exchange, Message(direction, exchange, self._reading, envelope=envelope))

    def break_off(self, direction: Direction, out: list[Item]) -> None:
        """What is carried in this direction is not, after all."""
        carried, self.carried[direction] = self.carried[direction], None
        if carried is not None:
            carried.end(self._seen[direction], out)

    def lose(self, direction: Direction, line: Line, kind: str, text: str, out: list[Item]) -> None:
        """Nothing more of this direction can be read."""
        self._lost.add(direction)
        out.append(Anomaly(direction, line.start, line.end, 0, kind, text, lost=True))

    def upgrade(self, out: list[Item]) -> None:
        """The server has agreed to TLS: what follows is read on where it was decrypted, and is no dialogue where not."""
        self._upgraded = set(Direction)
        at = self._seen[C2S]
        if self._kept[C2S] or self.pending:
            out.append(Anomaly(C2S, at, at, 0, "injection", "commands behind STARTTLS did not wait for its reply"))
        self._kept[C2S] = b""

    def _line(self, direction: Direction, data: bytes, at: int, start: int, out: list[Item]) -> int:
        kept = self._kept[direction]
        found = data.find(b"\n", at, at + LONGEST_LINE - len(kept))
        end = found + 1 if found >= 0 else min(len(data), at + LONGEST_LINE - len(kept))
        raw = kept + data[at:end]
        line = Line(raw.rstrip(b"\r\n").decode("latin-1"), start + end - len(raw), start + end)
        if found < 0:
            self._kept[direction] = raw
            if len(raw) >= LONGEST_LINE:
                self.lose(direction, line, "oversized", f"line of {LONGEST_LINE} bytes or more", out)
            return end
        self._kept[direction] = b""
        (self.command if direction is C2S else self.reply)(line, out)
        self._boundary[direction] = line.end
        return end
