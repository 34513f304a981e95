"""Mails and forms of any shape, in two pieces."""

from hwmodel.session import Direction
from nf.protocols.mime import LONGEST_HEADER, Envelope, Message
from nf.protocols.reading import Reading
from tests.protocols.test_mime import FORM, MAIL


def one_input(data: bytes) -> None:
    """The first byte says which of them, the second where it is cut."""
    if len(data) < 2:
        return
    form, at, data = data[0] & 1, data[1], data[2:]
    message = Message(Direction.C2S, 1, Reading(), envelope=None if form else Envelope("SMTP"), boundary="XX" if form else "")
    message.receive(data[:at], at)
    message.receive(data[at:], len(data))
    assert len(message._kept) <= LONGEST_HEADER
    message.finish(len(data))


def seeds() -> list[bytes]:
    """One of each."""
    return [b"\0\x40" + MAIL, b"\1\x40" + FORM]
