"""IMAP (RFC 9051): commands and replies with their literals, mails that FETCH brings and APPEND takes, also behind STARTTLS.

A mail that is fetched in several pieces, or by its parts, is told as commands and replies alone, but for its first piece.
"""

import re
from typing import ClassVar, Final

from hwmodel.session import Direction
from nf.protocols.carried import Counted, Letter
from nf.protocols.dialogue import C2S, S2C, Dialogue, Line, Pending
from nf.protocols.items import Item
from nf.protocols.mime import Envelope
from nf.protocols.reading import Reading

_LITERAL: Final = re.compile(r"~?\{([0-9]{1,15})(\+?)\}\Z")
_WHOLE_MAIL: Final = re.compile(r"(?:RFC822|BODY\[\](?:<0>)?|BINARY\[\](?:<0>)?) ~?\{[0-9]+\+?\}\Z", re.IGNORECASE)


class Imap(Dialogue):
    """Both directions."""

    name: ClassVar[str] = "IMAP"

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._goes_on = {C2S: False, S2C: False}  # the line follows a literal
        self._authenticates = False
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
            whole = asked is not None and _WHOLE_MAIL.search(line.text)
            self._carry(S2C, literal, self._mail(asked.exchange) if asked and whole else None)
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

    def _mail(self, exchange: int) -> Letter:
        return self.letter(S2C, exchange, Envelope(self.name))

    def _carry(self, direction: Direction, literal: re.Match[str], letter: Letter | None) -> None:
        size = int(literal[1])
        self._goes_on[direction] = True
        if size:
            self.carried[direction] = Counted(size, letter)
