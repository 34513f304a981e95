"""The streams of an HTTP/2 session: what is known of each until both its directions have ended."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from hwmodel.session import Direction
from nf.protocols.content import Content
from nf.protocols.items import Request
from nf.protocols.websocket_frames import Frames

MOST: Final = 1024  # streams at a time; servers allow 100 to 250
MOST_HEADS: Final = 1 << 21  # bytes of memory that they take; a hundred of a browser's take less than one
_STREAM, _FIELD = 1600, 160  # bytes of memory of a stream and a field of its request's header, beside what they say
_REMEMBERED: Final = 64  # responses whose beginning is known after they have ended


@dataclass(slots=True)
class Half:
    """One direction of a stream."""

    content: Content | None = None  # once its head has come
    length: int | None = None  # that the content is said to have
    size: int = 0
    ended: bool = False


def _halves() -> dict[Direction, Half]:
    return {Direction.C2S: Half(), Direction.S2C: Half()}


@dataclass(slots=True)
class Stream:
    """One request and its response."""

    request: Request | None = None
    opaque: bool = False  # a tunnel: its DATA is no content
    protocol: str = ""  # that the tunnel is for
    messages: dict[Direction, Frames] = field(default_factory=dict)  # of a WebSocket
    halves: dict[Direction, Half] = field(default_factory=_halves)

    @property
    def weight(self) -> int:
        """Bytes of memory that it takes."""
        request = self.request
        if request is None:
            return _STREAM
        return _STREAM + len(request.target) + sum(len(name) + len(value) + _FIELD for name, value in request.headers)


class Streams:
    """Those that are open, and what is remembered of those that were."""

    def __init__(self) -> None:
        self.open: dict[int, Stream] = {}
        self.highest = 0  # that the client has opened
        self.begun: OrderedDict[int, tuple[int, str]] = OrderedDict()  # where the last responses began, and their method
        self.resets = 0  # by the client before there was a response
        self.count = 0
        self._weight = 0

    @property
    def too_many(self) -> bool:
        """Whether a well-meaning client would not have come this far."""
        return len(self.open) > MOST or (len(self.open) > 1 and self._weight > MOST_HEADS)

    def add(self, number: int, request: Request | None) -> Stream:
        """A stream is opened."""
        stream = self.open[number] = Stream(request)
        self._weight += stream.weight
        self.count += 1
        return stream

    def remove(self, number: int) -> Stream | None:
        """It is over."""
        stream = self.open.pop(number, None)
        if stream is not None:
            self._weight -= stream.weight
        return stream

    def answer(self, number: int, start: int, method: str) -> None:
        """Its response begins there."""
        self.begun[number] = (start, method)
        if len(self.begun) > _REMEMBERED:
            self.begun.popitem(last=False)
