"""One direction of a session: its HTTP messages in their order, one at a time with a server."""

from collections import deque

from hwmodel.session import Direction
from nf.protocols.items import Anomaly, Body, Broken, Complete, Item, Request, Response
from nf.services import Piece
from nf.services.asking import Answer
from nf.services.icap.desk import Desk
from nf.services.icap.dialogue import Failure
from nf.services.icap.turn import Outcome, Turn

_SWITCHING = 101


class Lane:
    """Whatever is not yet known to be over, or to be judged, is held back."""

    def __init__(self, direction: Direction, desk: Desk) -> None:
        self.direction = direction
        self.lost: Failure | None = None  # nothing more can be read in this direction
        self.turn: Turn | None = None
        self.seen = 0
        self._boundary = 0
        self._desk = desk
        self._is_active = bool(desk.profile.serving("REQMOD" if direction is Direction.C2S else "RESPMOD"))
        self._waiting: deque[Item] = deque()

    @property
    def held_from(self) -> int | None:
        """The offset from which on its bytes may not pass; None where all may."""
        if not self._is_active:
            return None
        if self.turn is not None:
            return None if self.turn.is_released else self.turn.out
        return self._boundary if self._boundary < self.seen else None

    @property
    def pauses(self) -> bool:
        """Whether no more of it is to be read for now."""
        return self.turn is not None and self.turn.waits(self.seen)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing of a message is on its way in this direction."""
        return self.turn is None and not self._waiting and self._boundary == self.seen

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for a word before it sends the content that its judges wait for (RFC 9110 §10.1.1)."""
        if self.turn is None or self.turn.is_released or self.turn.message.size or self.turn.message.is_whole:
            return False
        return ("expect", "100-continue") in {(name, value.lower()) for name, value in self.turn.message.item.headers}

    def take(self, piece: Piece, outcome: Outcome) -> None:
        """More of this direction."""
        self.seen, self._boundary = piece.start + len(piece.data), piece.boundary
        for item in piece.items if self._is_active else ():
            if isinstance(item, Request | Response | Body | Complete | Broken) or (isinstance(item, Anomaly) and item.lost):
                self._waiting.append(item)
        self._go_on(outcome)

    def answer(self, answer: Answer, outcome: Outcome) -> None:
        """A server has answered, the one of this lane or another."""
        if self.turn is not None:
            self.turn.exchange.answer(answer)
            self._go_on(outcome)

    def fall_back(self, failure: Failure, outcome: Outcome) -> None:
        """Whatever is held back is not going to be judged."""
        if self.turn is not None and not self.turn.is_released:
            self.turn.fall_back(failure, outcome)

    def _go_on(self, outcome: Outcome) -> None:
        while outcome.block is None:
            while self._waiting and self._is_next(self._waiting[0]):
                self._step(self._waiting.popleft())
            if self.turn is None:
                return
            self.turn.go_on(self.seen, outcome)
            if not self.turn.is_over:
                return
            self.turn = None

    def _is_next(self, item: Item) -> bool:
        """Whether it is of the message at hand, or there is none; what cannot be read after its end does not speak of it."""
        if self.turn is None or isinstance(item, Body | Complete):
            return True
        return isinstance(item, Anomaly | Broken) and self.turn.end is None

    def _step(self, item: Item) -> None:
        if isinstance(item, Broken):
            self.lost = Failure("default-action", "the message was broken off")
        elif isinstance(item, Anomaly):
            self.lost = Failure("default-action", f"the message cannot be read: {item.text}")
        elif self.turn is not None:
            self.turn.take(item)
        elif isinstance(item, Request) or (isinstance(item, Response) and not _switches(item)):
            self.turn = Turn(self._desk, item)


def _switches(response: Response) -> bool:
    """Whether another protocol begins behind this response, which then is none of ours."""
    asked = response.request.method if response.request is not None else ""
    return response.status == _SWITCHING or (asked == "CONNECT" and 200 <= response.status < 300)
