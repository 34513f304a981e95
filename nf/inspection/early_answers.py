"""Answers that a server gives before it has been sent all that its client has said.

While some of a request is held back its answer waits too, for what is refused then can still be told. Answers of 1xx do
not wait, a client may want them before it goes on (RFC 9110 §10.1.1); nor does what a server says that has ended.
"""

from typing import Final

from hwmodel.session import Direction
from nf.protocols.items import Body, Response
from nf.services import Piece

MOST_WAITING: Final = 64 << 10  # bytes from such an answer on, after which the server is read no further


class EarlyAnswers:
    """Those of one session, in the streams' offsets."""

    def __init__(self) -> None:
        self._requests: dict[int, int] = {}  # by exchange: where what has come of a request's content ends
        self._answers: list[tuple[int, int]] = []  # where one begins, and its exchange

    def note(self, piece: Piece) -> None:
        """What the next plaintext tells, while something is held back."""
        for item in piece.items:
            if isinstance(item, Body) and item.direction is Direction.C2S:
                self._requests[item.exchange] = item.end
            elif isinstance(item, Response) and item.status >= 200 and item.exchange in self._requests:
                self._answers.append((item.start, item.exchange))

    @property
    def waiting(self) -> bool:
        """Whether there is one, as far as is known."""
        return bool(self._answers)

    def limit(self, passed: int) -> int | None:
        """The offset up to which the server's stream may pass, now that the client's has up to `passed`; None for all."""
        self._requests = {exchange: end for exchange, end in self._requests.items() if end > passed}
        self._answers = [answer for answer in self._answers if answer[1] in self._requests]
        return min(self._answers)[0] if self._answers else None
