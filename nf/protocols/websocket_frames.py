"""One direction of a WebSocket: frames (RFC 6455 §5) put together to messages, unmasked and inflated (RFC 7692).

Keeps a frame's header and up to a piece of a message. Own, because wsproto inflates without limit.
"""

import zlib
from collections.abc import Iterator
from typing import Final

from hwmodel.session import Direction
from nf.protocols.content import FREE, MOST_TIMES
from nf.protocols.items import Anomaly, Broken, Frame, Item
from nf.protocols.reading import Reading

PIECE: Final = 1 << 16  # bytes of a message that are told at a time
_FLUSHED: Final = b"\0\0\xff\xff"  # left out at the end of a deflated message, RFC 7692 §7.2.1
_LONGEST_CONTROL: Final = 125  # bytes


class FrameError(ValueError):
    """Nothing more can be read: the kind of the anomaly, and what is wrong."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Frames:
    """Messages of one direction; `deflated` where that was agreed, `forgets` where each message is deflated by itself."""

    def __init__(self, direction: Direction, exchange: int, reading: Reading, *, deflated: bool, forgets: bool) -> None:
        self.boundary = 0  # where the last whole frame ended
        self._direction, self._exchange, self._reading = direction, exchange, reading
        self._deflated, self._forgets = deflated, forgets
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._header = b""
        self._left, self._mask, self._opcode, self._fin = 0, b"", 0, True
        self._begun = 0  # offset of the message, or of the control frame
        self._frame_end = 0
        self._kind = 0  # the message's opcode; 0: none has begun
        self._packed = False  # it is deflated
        self._message = self._control = b""  # not told yet
        self._size = self._coded_size = 0
        self._lost = False

    def read(self, data: bytes, start: int, out: list[Item]) -> None:
        """The messages that these bytes complete, and pieces of long ones."""
        at, self.boundary = 0, self.boundary or start
        try:
            while at < len(data) and not self._lost:
                at = self._payload(data, at, out) if self._left else self._head(data, at, start, out)
        except FrameError as error:
            self._lost = True
            place = self.boundary
            out.append(Anomaly(self._direction, place, place, self._exchange, error.kind, str(error), lost=True))

    def end(self, at: int, out: list[Item]) -> None:
        """A message that is not whole is broken off."""
        if self._kind or self._header or self._left:
            out.append(Broken(self._direction, at, at, self._exchange))

    def _head(self, data: bytes, at: int, start: int, out: list[Item]) -> int:
        """A frame's header, of 2 to 14 bytes."""
        size = _header_size(self._header)
        taken = data[at:at + size - len(self._header)]
        self._header += taken
        at += len(taken)
        if len(self._header) < size or _header_size(self._header) > size:
            return at
        header, self._header = self._header, b""
        self._fin, self._opcode = bool(header[0] & 0x80), header[0] & 0x0F
        extended = header[2:size - 4] if header[1] & 0x80 else header[2:]
        self._mask = header[-4:] if header[1] & 0x80 else b""
        self._left = int.from_bytes(extended) if extended else header[1] & 0x7F
        self._frame_end = start + at + self._left
        self._check(header, start + at - size, out)
        if not self._left:
            self._frame(out)
        return at

    def _check(self, header: bytes, begun: int, out: list[Item]) -> None:
        if bool(self._mask) is not (self._direction is Direction.C2S):
            text = "a client's frame without a mask" if not self._mask else "a server's frame with a mask"
            out.append(Anomaly(self._direction, begun, begun, self._exchange, "malformed", text))
        reserved, control = header[0] & 0x70, self._opcode >= 8
        packed = reserved == 0x40 and self._deflated and self._opcode in {1, 2}
        if (reserved and not packed) or self._opcode not in {0, 1, 2, 8, 9, 10} or self._left >> 63:
            raise FrameError("malformed", f"frame header {header[:2].hex()}")
        if control and (self._left > _LONGEST_CONTROL or not self._fin):
            raise FrameError("malformed", "a control frame that is long or in pieces")
        if not control and bool(self._kind) is not (self._opcode == 0):
            raise FrameError("malformed", "a message that begins inside of another, or goes on where none has begun")
        if control:
            self._control = b""
        elif self._opcode:
            self._kind, self._packed, self._begun = self._opcode, packed, begun
            self._size = self._coded_size = 0

    def _payload(self, data: bytes, at: int, out: list[Item]) -> int:
        piece = data[at:at + self._left]
        self._left -= len(piece)
        if self._mask:
            piece = _unmasked(piece, self._mask)
            turn = len(piece) % 4
            self._mask = self._mask[turn:] + self._mask[:turn]
        if self._opcode >= 8:
            self._control += piece
        else:
            self._add(piece, out)
        if not self._left:
            self._frame(out)
        return at + len(piece)

    def _frame(self, out: list[Item]) -> None:
        """A frame is whole."""
        end = self._frame_end
        if self._opcode >= 8:
            out.append(Frame(self._direction, self.boundary, end, self._exchange, self._opcode, self._control))
        elif self._fin:
            if self._packed:
                self._add(_FLUSHED, out)
                if self._forgets:
                    self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            out.append(Frame(self._direction, self._begun, end, self._exchange, self._kind, self._message))
            self._message, self._kind = b"", 0
        self.boundary = end

    def _add(self, piece: bytes, out: list[Item]) -> None:
        """More of a message."""
        self._coded_size += len(piece)
        for plain in self._inflated(piece) if self._packed else (piece,):
            self._size += len(plain)
            if self._size > FREE + MOST_TIMES * self._coded_size:
                raise FrameError("bomb", f"unpacks to more than {self._size >> 20} MB")
            if self._reading.bodies:
                self._message += plain
            while len(self._message) > PIECE:
                piece, self._message = self._message[:PIECE], self._message[PIECE:]
                out.append(Frame(self._direction, self._begun, self._frame_end, self._exchange, self._kind, piece, final=False))

    def _inflated(self, piece: bytes) -> Iterator[bytes]:
        while piece:
            try:
                plain = self._inflate.decompress(piece, PIECE)
            except zlib.error as error:
                raise FrameError("malformed", f"content is not in its coding: {error}") from None
            yield plain
            piece = self._inflate.unconsumed_tail
            if self._inflate.eof:  # the last block's flag; what follows begins anew
                piece = self._inflate.unused_data
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)


def _header_size(header: bytes) -> int:
    """As far as it is known."""
    if len(header) < 2:
        return 2
    return 2 + {126: 2, 127: 8}.get(header[1] & 0x7F, 0) + (4 if header[1] & 0x80 else 0)


def _unmasked(data: bytes, mask: bytes) -> bytes:
    size = len(data)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data) ^ int.from_bytes(key)).to_bytes(size)
