"""IMAP (RFC 9051): commands and replies with their literals, mails that FETCH brings and APPEND takes, also behind STARTTLS.

A mail that is fetched in several pieces is put together where these follow each other; parts fetched by number are not read.
"""

import re
from typing import ClassVar, Final, NamedTuple

from hwmodel.session import Direction
from nf.protocols.carried import Counted, Letter
from nf.protocols.dialogue import C2S, S2C, Dialogue, Line, Pending
from nf.protocols.items import Item
from nf.protocols.mime import Envelope
from nf.protocols.reading import Reading

_LITERAL: Final = re.compile(r"~?\{([0-9]{1,15})(\+?)\}\Z")
_MAIL: Final = re.compile(
    r"\* ([0-9]+) FETCH .*(?:RFC822|BODY\[\]|BINARY\[\])(?:<([0-9]{1,15})>)? ~?\{[0-9]+\+?\}\Z", re.IGNORECASE)
_SPAN: Final = re.compile(r"\]<[0-9]{1,15}\.([0-9]{1,15})>")


class _Pieces(NamedTuple):
    """A mail that comes in pieces: its number in the mailbox, and how much of it has come."""

    number: str
    size: int
    letter: Letter


class Imap(Dialogue):
    """Both directions."""

    name: ClassVar[str] = "IMAP"

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._goes_on = {C2S: False, S2C: False}  # the line follows a literal
        self._authenticates = False
        self._pieces: _Pieces | None = None
        self._span = 0  # bytes that the client asks for at a time
        self._waits = ""  # the tag of a command whose literal waits for the server's leave

    def command(self, line: Line, out: list[Item]) -> None:
        """A command, what follows a literal in it, or an answer to the server's challenge."""
        goes_on, self._goes_on[C2S] = self._goes_on[C2S], False
        if self._authenticates:
            self._authenticates = False
            return
        tag, _, rest = line.text.partition(" ")
        verb, _, argument = rest.partition(" ")
        exchange = self._count if goes_on else self.ask(line, verb, argument, out, tag)
        span = _SPAN.search(argument)
        self._span = int(span[1]) if span else self._span
        literal = _LITERAL.search(line.text)
        if literal is not None:
            letter = self.letter(C2S, exchange, Envelope(self.name)) if verb.upper() == "APPEND" and not goes_on else None
            self._carry(C2S, literal, letter)
            self._waits = "" if literal[2] else tag

    def reply(self, line: Line, out: list[Item]) -> None:
        """A tagged one ends its command; of the others those with a literal may bring a mail."""
        goes_on, self._goes_on[S2C] = self._goes_on[S2C], False
        tag, _, text = line.text.partition(" ")
        pending = next((one for one in self.pending if one.word == tag), None)
        asked = pending or (self.pending[0] if self.pending else None)
        self.say(line, 0, line.text, asked, out)
        literal = _LITERAL.search(line.text)
        if literal is not None:
            mail = _MAIL.match(line.text)
            if asked is None or mail is None:
                self._carry(S2C, literal, None)
            else:
                self._fetched(mail, literal, asked.exchange, out)
        elif pending is not None and not goes_on:
            self.pending.remove(pending)
            self._conclude(pending.verb, tag, text, out)
        if tag == "+":
            self.await_more()
        self._authenticates = tag == "+" and asked is not None and asked.verb == "AUTHENTICATE"

    def refusal(self, text: str, asked: Pending) -> bytes:
        """NO to the command that asked."""
        return f"{asked.word} NO {text}\r\n".encode("ascii", "replace")

    def _conclude(self, verb: str, tag: str, text: str, out: list[Item]) -> None:
        well = text[:2].upper() == "OK"
        if verb == "STARTTLS" and well:
            self.upgrade(out)
        elif not well and tag == self._waits:
            self._goes_on[C2S] = False
            self.break_off(C2S, out)

    def _fetched(self, mail: re.Match[str], literal: re.Match[str], exchange: int, out: list[Item]) -> None:
        """A mail, or a piece of one: the last one is shorter than what was asked for."""
        size, number = int(literal[1]), mail[1]
        origin = int(mail[2]) if mail[2] else 0
        known, more = self._pieces, mail[2] is not None and size >= self._span > 0
        if known is not None and (known.number, known.size) == (number, origin) and origin:
            letter = known.letter
        elif origin:
            self._carry(S2C, literal, None)
            return
        else:
            self._give_up(out)
            letter = self.letter(S2C, exchange, Envelope(self.name))
        self._pieces = _Pieces(number, origin + size, letter) if more else None
        self._carry(S2C, literal, letter, more=more)
        if not size:
            letter.finish(self._seen[S2C], out)

    def _give_up(self, out: list[Item]) -> None:
        """The rest of a mail in pieces does not come."""
        known, self._pieces = self._pieces, None
        if known is not None:
            known.letter.finish(self._seen[S2C], out, whole=False)

    def break_off(self, direction: Direction, out: list[Item]) -> None:
        """Also a mail between two of its pieces."""
        carried = self.carried[direction]
        super().break_off(direction, out)
        if direction is S2C and carried is None:
            self._give_up(out)

    def _carry(self, direction: Direction, literal: re.Match[str], letter: Letter | None, *, more: bool = False) -> None:
        size = int(literal[1])
        self._goes_on[direction] = True
        if size:
            self.carried[direction] = Counted(size, letter, more=more)
