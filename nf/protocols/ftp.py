"""FTP's control connection (RFC 959): commands and replies, also behind AUTH TLS; files come in sessions of their own."""

import re
from typing import ClassVar, Final

from nf.protocols.dialogue import Dialogue, Line, Pending
from nf.protocols.items import Item
from nf.protocols.reading import Reading

_REPLY: Final = re.compile(r"(\d{3})([ -]|\Z)(.*)\Z", re.DOTALL)


class Ftp(Dialogue):
    """Both directions."""

    name: ClassVar[str] = "FTP"

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._until = 0  # the code that ends a reply of several lines

    def command(self, line: Line, out: list[Item]) -> None:
        """A command; Telnet's control characters before ABOR are none of it."""
        verb, _, argument = line.text.lstrip("\xff\xf4\xf2\xf1 ").partition(" ")
        self.ask(line, verb, argument, out, argument.upper())

    def reply(self, line: Line, out: list[Item]) -> None:
        """1yz are followed by another reply."""
        match = _REPLY.match(line.text)
        code = int(match[1]) if match else 0
        pending = self.pending[0] if self.pending else None
        self.say(line, code, match[3] if match else line.text, pending, out)
        if match is None or (self._until and code != self._until):
            return
        self._until = code if match[2] == "-" else 0
        if code < 200:
            self.await_more()
        if not self._until and code >= 200 and pending is not None:
            self.pending.popleft()
            self._conclude(pending, code, out)

    def refusal(self, text: str, asked: Pending) -> bytes:  # noqa: ARG002
        """The file is not available."""
        return f"550 {text}\r\n".encode()

    def _conclude(self, pending: Pending, code: int, out: list[Item]) -> None:
        if pending.verb == "AUTH" and code == 234 and pending.word in {"TLS", "TLS-C", "SSL", "TLS-P"}:
            self.upgrade(out)
