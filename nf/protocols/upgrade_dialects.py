"""What a line of SMTP, FTP, POP3 or IMAP means for a session that may go over to TLS, before its client has logged in."""

from collections import deque
from enum import Enum
from typing import Final, Protocol

MOST_PENDING: Final = 64  # commands that wait for their answer; more is no dialogue before a login


class Said(Enum):
    """What a line means."""

    NOTHING = "nothing"
    ASKS = "asks"  # the client asks for TLS
    ACCEPTS = "accepts"  # the server agrees to it
    REFUSES = "refuses"  # the server does not, and the session goes on as it was
    OVER = "over"  # from here on lines are data, or TLS can no longer be asked for


class Dialect(Protocol):
    """One protocol's reading of lines; they come without their line ends."""

    def command(self, line: bytes) -> Said:
        """A line of the client's."""

    def answer(self, line: bytes) -> Said:
        """A line of the server's, after its greeting."""


def dialect(greeting: bytes) -> Dialect | None:
    """The protocol whose server greets like this; None for one in which TLS begins at once or never."""
    words = greeting.upper().split()
    if greeting[:3] == b"220":
        return Numbered()
    if words[:1] == [b"+OK"]:
        return Pop3()
    return Imap() if words[:2] == [b"*", b"OK"] else None


class Numbered:
    """SMTP (RFC 3207) and FTP (RFC 4217), whose servers greet alike: answers begin with three digits."""

    def __init__(self) -> None:
        self._pending: deque[bytes] = deque()  # for each command without its answer the code that accepts TLS, or nothing

    def command(self, line: bytes) -> Said:
        """STARTTLS, or AUTH with a name of TLS; other AUTHs, and what data follow, end the search."""
        words = line.upper().split()
        verb, argument = ([*words, b"", b""])[:2]
        accepted_by = b""
        if verb == b"STARTTLS":
            accepted_by = b"220"
        elif verb == b"AUTH" and argument in {b"TLS", b"TLS-C", b"SSL", b"TLS-P"}:
            accepted_by = b"234"
        elif verb in {b"AUTH", b"DATA", b"BDAT", b"USER", b"PASS"} or len(self._pending) >= MOST_PENDING:
            return Said.OVER
        self._pending.append(accepted_by)
        return Said.ASKS if accepted_by else Said.NOTHING

    def answer(self, line: bytes) -> Said:
        """The last line of an answer has a space behind its code; 1yz are followed by another."""
        code = line[:3]
        if not code.isdigit() or line[3:4] == b"-" or code[:1] == b"1" or not self._pending:
            return Said.NOTHING
        accepted_by = self._pending.popleft()
        if not accepted_by:
            return Said.NOTHING
        return Said.ACCEPTS if code == accepted_by else Said.REFUSES


class Pop3:
    """POP3 (RFC 2595 §4): an answer is one line, but that to CAPA goes on up to a dot alone."""

    def __init__(self) -> None:
        self._pending: deque[bytes] = deque()
        self._in_list = False

    def command(self, line: bytes) -> Said:
        """STLS, which only a client that has not logged in may ask for."""
        verb = line.upper().split(b" ")[0]
        if verb in {b"USER", b"PASS", b"APOP", b"AUTH"} or len(self._pending) >= MOST_PENDING:
            return Said.OVER
        self._pending.append(verb)
        return Said.ASKS if verb == b"STLS" else Said.NOTHING

    def answer(self, line: bytes) -> Said:
        """A line of a list, or the answer to the oldest command that has none."""
        if self._in_list:
            self._in_list = line != b"."
            return Said.NOTHING
        if not self._pending:
            return Said.NOTHING
        verb, well = self._pending.popleft(), line[:3].upper() == b"+OK"
        self._in_list = verb == b"CAPA" and well
        if verb != b"STLS":
            return Said.NOTHING
        return Said.ACCEPTS if well else Said.REFUSES


class Imap:
    """IMAP (RFC 9051 §6.2.1): every command has a tag, and its answer begins with it."""

    def __init__(self) -> None:
        self._tag: bytes | None = None

    def command(self, line: bytes) -> Said:
        """STARTTLS under some tag; a login, or a literal, which is data, ends the search."""
        tag, verb = ([*line.split(b" "), b""])[:2]
        if verb.upper() in {b"LOGIN", b"AUTHENTICATE"} or line.endswith(b"}"):
            return Said.OVER
        if verb.upper() != b"STARTTLS":
            return Said.NOTHING
        self._tag = tag
        return Said.ASKS

    def answer(self, line: bytes) -> Said:
        """The tagged line that answers the request."""
        tag, verdict = ([*line.split(b" "), b""])[:2]
        if self._tag is None or tag != self._tag:
            return Said.NOTHING
        self._tag = None
        return Said.ACCEPTS if verdict.upper() == b"OK" else Said.REFUSES
