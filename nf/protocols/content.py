"""The content of one message as it comes: without its content coding, as long as it unpacks to no more than is reasonable."""

from typing import Final

from hwmodel.session import Direction
from nf.protocols.codings import CodingError, Decoder, decoder
from nf.protocols.disposition import media_type, parameter
from nf.protocols.items import Anomaly, Body, Headers, Item
from nf.protocols.mime import Message
from nf.protocols.reading import Reading

FREE: Final = 4 << 20  # bytes that any message may unpack to
MOST_TIMES: Final = 200  # its size that a message may unpack to beyond these; text seldom exceeds 20, gzip ends at 1030
MOST: Final = 1 << 30  # bytes that no message may unpack to
FORM: Final = "multipart/form-data"
_MISLABELLED: Final = 512  # bytes after which content that was not in its coding from the start would have been found out


class Content:
    """Makes Body items of one message's content.

    Content that nobody wants when it begins, or at some point later, is overlooked from there to its end.
    """

    __slots__ = ("_coded_size", "_decoder", "_direction", "_exchange", "_form", "_is_plain", "_kept", "_overlooked", "_reading",
                 "_silent", "_size", "_unknown")

    def __init__(self, direction: Direction, exchange: int, headers: Headers, reading: Reading) -> None:
        self._direction, self._exchange, self._reading = direction, exchange, reading
        codings = _codings(headers)
        self._decoder: Decoder | None = decoder(codings) if codings else None
        self._unknown = ", ".join(codings) if codings and self._decoder is None else ""
        self._size = self._coded_size = 0
        self._kept = b""  # what nothing has come out of yet, as long as it may turn out to be in no coding
        self._overlooked = False
        self._silent = False  # what it stands for is not told any more
        self._form: Message | None = None
        if direction is Direction.C2S and media_type(headers) == FORM:
            self._form = Message(direction, exchange, reading, boundary=parameter(headers, "content-type", "boundary"))
        self._is_plain = not codings and self._form is None

    @property
    def is_left(self) -> bool:
        """Whether nobody wants what is still to come of it."""
        reading = self._reading
        if not self._overlooked and (not reading.bodies or (self._direction, self._exchange) in reading.left):
            self._overlooked = True
        return self._overlooked

    def receive(self, data: bytes, start: int, out: list[Item]) -> None:
        """More of it, which began at this offset of its direction."""
        if self.is_left:
            return
        end = start + len(data)
        if self._is_plain:
            out.append(Body(self._direction, start, end, self._exchange, data, data))
        else:
            self._receive(data, start, end, out)

    def finish(self, at: int, *, whole: bool = True) -> list[Item]:
        """Nothing more of it comes."""
        self._reading.left.discard((self._direction, self._exchange))
        return self._form.finish(at, whole=whole and not self._overlooked) if self._form is not None else []

    def _receive(self, data: bytes, start: int, end: int, out: list[Item]) -> None:
        if self._unknown:
            text = f"unknown content coding {self._unknown[:80]!r}"
            out.append(Anomaly(self._direction, start, end, self._exchange, "coding", text))
            self._unknown = ""
        first = max(0, _MISLABELLED - self._coded_size)
        if self._decoder is not None and 0 < first < len(data):
            self._decode(self._decoder, data[:first], start, start + first, out)
            data, start = data[first:], start + first
        if self._decoder is not None:
            self._decode(self._decoder, data, start, end, out)
        else:
            self._tell(start, end, b"" if self._silent else data, data, out)

    def _tell(self, start: int, end: int, plain: bytes, coded: bytes, out: list[Item]) -> None:
        out.append(Body(self._direction, start, end, self._exchange, plain, coded))
        if self._form is not None and plain:
            out += self._form.receive(plain, end)

    def _decode(self, decoding: Decoder, data: bytes, start: int, end: int, out: list[Item]) -> None:
        self._coded_size += len(data)
        coded = data
        try:
            for piece in decoding.decode(data):
                self._size += len(piece)
                if self._size > min(MOST, FREE + MOST_TIMES * self._coded_size):
                    out.append(self._give_up(start, end, "bomb", f"unpacks to more than {min(self._size, MOST) >> 20} MB"))
                    break
                self._tell(start, end, piece, coded, out)
                coded = b""
        except CodingError as error:
            out.append(self._give_up(start, end, "malformed", f"content is not in its coding: {error}"))
            if not self._size and self._coded_size <= _MISLABELLED:
                self._silent = False
        plain = self._not_decoded(data)
        if coded or plain:
            self._tell(start, end, plain, coded, out)

    def _not_decoded(self, data: bytes) -> bytes:
        """What came so far, if it turns out now that it is in no coding at all, as some receivers would have thought."""
        if self._size or self._coded_size > _MISLABELLED:
            return b""
        self._kept += data
        return self._kept if self._decoder is None and not self._silent else b""

    def _give_up(self, start: int, end: int, kind: str, text: str) -> Anomaly:
        self._decoder, self._silent = None, True
        return Anomaly(self._direction, start, end, self._exchange, kind, text)


def _codings(headers: Headers) -> list[str]:
    """Those of the content, then those of the transfer that are not chunked (RFC 9112 §7)."""
    found: list[str] = []
    for wanted in ("content-encoding", "transfer-encoding"):
        for name, value in headers:
            if name == wanted:
                found += [coding.strip().lower() for coding in value.split(",")]
    return [coding for coding in found if coding not in {"", "identity", "chunked"}]
