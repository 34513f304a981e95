"""Card numbers in uploads: a service in one file, for policies with `apply-macro srxnf { service card_numbers; }`."""

import re

from hwmodel.session import Direction
from nf.protocols.items import Body, Complete
from nf.services import PERMIT, Attachment, Block, Opinion, Page, Piece, Service, Verdict

_NUMBER = re.compile(rb"(?<=\D)\d(?:[ -]?\d){12,18}(?=\D)")  # 37 bytes at most
_PAGE = "The message holds the number of a payment card."


class CardNumbers(Service):
    """Blocks a message of the client's whose content holds a number that a payment card may have (ISO/IEC 7812-1)."""
    reads = True
    asked_by = ("card_numbers",)

    def __init__(self) -> None:
        self._tails: dict[int, bytes] = {}

    @classmethod
    def attach(cls, attachment: Attachment) -> "CardNumbers | None":
        return cls() if attachment.asked("card_numbers") is not None else None

    def inspect(self, piece: Piece) -> Opinion:
        for item in piece.items:
            if item.direction is Direction.C2S and isinstance(item, Body | Complete):
                data = self._tails.pop(item.exchange, b"\n") + (item.data if isinstance(item, Body) else b"\n")
                if any(map(_is_valid, _NUMBER.findall(data))):
                    return Opinion(Verdict.BLOCK, block=Block("card number in an upload", Page(item.exchange, _PAGE)))
                if isinstance(item, Body):
                    self._tails[item.exchange] = data[-40:]
        return PERMIT


def _is_valid(number: bytes) -> bool:  # whether the last digit checks the others: ISO/IEC 7812-1, annex B
    digits = [byte - 48 for byte in reversed(number) if byte not in b" -"]
    return sum(digits[::2]) % 10 == -sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2]) % 10


SERVICE = CardNumbers
