"""SMTP (RFC 5321): commands, replies, the mails of DATA and BDAT (RFC 3030) with their envelopes, also behind STARTTLS."""

import re
from typing import ClassVar, Final

from hwmodel.session import Direction
from nf.protocols.carried import Counted, Dotted, Letter
from nf.protocols.dialogue import C2S, Dialogue, Line, Pending
from nf.protocols.items import Item
from nf.protocols.mime import Envelope
from nf.protocols.reading import Reading

_PATH: Final = re.compile(r"(?:FROM|TO)[ \t]*:[ \t]*(?:<(?:@[^:>]*:)?([^>]*)>|(\S+))", re.IGNORECASE)
_REPLY: Final = re.compile(r"(\d{3})([ -]|\Z)(.*)\Z", re.DOTALL)
MOST_RECIPIENTS: Final = 200  # that are told; servers must take 100 (RFC 5321 §4.5.3.1.8)
_LONGEST_ADDRESS: Final = 320  # characters (RFC 3696 §3)
_SIZE: Final = re.compile(r"[0-9]{1,15}\Z")


class Smtp(Dialogue):
    """Both directions."""

    name: ClassVar[str] = "SMTP"

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._sender = ""
        self._recipients: list[str] = []
        self._authenticates = False  # the client's next line is no command
        self._letter: Letter | None = None  # of chunks, until the last one

    def command(self, line: Line, out: list[Item]) -> None:
        """A command, or an answer to the server's challenge."""
        if self._authenticates:
            self._authenticates = False
            return
        verb, _, argument = line.text.lstrip().partition(" ")
        exchange = self.ask(line, verb, argument.strip(), out)
        match verb.upper():
            case "MAIL" | "RCPT":
                self._address(verb.upper(), argument)
            case "DATA":
                self.carried[C2S] = Dotted(C2S, exchange, self.letter(C2S, exchange, self._envelope()))
            case "BDAT":
                self._chunk(line, argument.split(), exchange, out)
            case "RSET" | "EHLO" | "HELO" | "LHLO":
                self._reset(out)

    def reply(self, line: Line, out: list[Item]) -> None:
        """The last line of a reply has no hyphen behind its code."""
        match = _REPLY.match(line.text)
        if match is None:
            self.say(line, 0, line.text, self.pending[0] if self.pending else None, out)
            return
        code, pending = int(match[1]), self.pending[0] if self.pending else None
        self.say(line, code, match[3], pending, out)
        if match[2] == "-" or pending is None:
            return
        self._authenticates = code == 334
        if code in {334, 354}:
            self.await_more()
        else:
            self.pending.popleft()
        self._conclude(pending.verb, code, out)

    def refusal(self, text: str, asked: Pending) -> bytes:  # noqa: ARG002
        """Permanent; what the client has sent is not taken."""
        return f"554 5.7.1 {text}\r\n".encode()

    def break_off(self, direction: Direction, out: list[Item]) -> None:
        """Also a mail between two of its chunks."""
        carried = self.carried[direction]
        super().break_off(direction, out)
        if direction is C2S and self._letter is not None:
            if carried is None:
                self._letter.finish(self._seen[C2S], out, whole=False)
            self._letter = None

    def _conclude(self, verb: str, code: int, out: list[Item]) -> None:
        """What a reply changes."""
        if verb == "STARTTLS" and code == 220:
            self.upgrade(out)
        elif verb in {"DATA", "BDAT"} and code >= 400:
            self.break_off(C2S, out)
        elif verb == "DATA" and code == 250:
            self._sender, self._recipients = "", []

    def _address(self, verb: str, argument: str) -> None:
        match = _PATH.match(argument)
        address = ((match[1] or match[2] or "") if match else "")[:_LONGEST_ADDRESS]
        if verb == "MAIL":
            self._sender, self._recipients = address, []
        elif len(self._recipients) < MOST_RECIPIENTS:
            self._recipients.append(address)

    def _chunk(self, line: Line, words: list[str], exchange: int, out: list[Item]) -> None:
        """So many bytes follow the line, whatever the server says to it."""
        if not words or not _SIZE.match(words[0]):
            self.lose(C2S, line, "smuggling", f"BDAT {' '.join(words)[:40]!r}", out)
            return
        if self._letter is not None:
            self.pending[-1] = self.pending[-1]._replace(of=self._letter.exchange)
        else:
            self._letter = self.letter(C2S, exchange, self._envelope())
        last = words[-1].upper() == "LAST"
        size, letter = int(words[0]), self._letter
        if last:
            self._letter = None
        if size:
            self.carried[C2S] = Counted(size, letter, more=not last)
        elif last:
            letter.finish(line.end, out)

    def _envelope(self) -> Envelope:
        return Envelope(self.name, self._sender, tuple(self._recipients))

    def _reset(self, out: list[Item]) -> None:
        """The mail that is under way is given up."""
        self.break_off(C2S, out)
        self._sender, self._recipients = "", []
