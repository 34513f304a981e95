"""POP3 (RFC 1939): commands, replies, the mails that RETR and TOP bring, also behind STLS (RFC 2595)."""

from typing import ClassVar, Final

from nf.protocols.carried import Dotted, Letter
from nf.protocols.dialogue import S2C, Dialogue, Line, Pending
from nf.protocols.items import Item
from nf.protocols.mime import Envelope
from nf.protocols.reading import Reading

_LISTS: Final = frozenset({"CAPA"})
_LISTS_WITHOUT_ARGUMENT: Final = frozenset({"LIST", "UIDL", "AUTH"})


class Pop3(Dialogue):
    """Both directions."""

    name: ClassVar[str] = "POP3"

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._authenticates = False

    def command(self, line: Line, out: list[Item]) -> None:
        """A command, or an answer to the server's challenge."""
        if self._authenticates:
            self._authenticates = False
            return
        verb, _, argument = line.text.strip().partition(" ")
        self.ask(line, verb, argument, out, argument)

    def reply(self, line: Line, out: list[Item]) -> None:
        """One line; a mail or a list may follow."""
        status = line.text.partition(" ")[0]
        well = status.upper() == "+OK"
        self._authenticates = status == "+"
        pending = self.pending.popleft() if self.pending and not self._authenticates else None
        self.say(line, 0, line.text, pending, out)
        if not well or pending is None:
            return
        if pending.verb in {"RETR", "TOP"}:
            self._carry(pending.exchange, self.letter(S2C, pending.exchange, Envelope(self.name)))
        elif pending.verb in _LISTS or (pending.verb in _LISTS_WITHOUT_ARGUMENT and not pending.word):
            self._carry(pending.exchange, None)
        elif pending.verb == "STLS":
            self.upgrade(out)

    def refusal(self, text: str, asked: Pending) -> bytes:  # noqa: ARG002
        """There is no such mail."""
        return f"-ERR {text}\r\n".encode()

    def _carry(self, exchange: int, letter: Letter | None) -> None:
        self.carried[S2C] = Dotted(S2C, exchange, letter)
