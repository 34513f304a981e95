"""Content codings taken off as content comes (RFC 9110 §8.4.1: gzip, deflate; RFC 7932: br; RFC 8878: zstd), within limits.

What comes out of one input comes in pieces of bounded size, so that whoever asks for the next may stop.
"""

import zlib
from collections.abc import Iterator
from typing import Final, Protocol

import brotli  # type: ignore[import-untyped]  # ships no types
import zstandard

PIECE: Final = 1 << 16  # bytes that come out at a time, more by little for br
MOST_LAYERS: Final = 3  # codings on top of each other
_INPUT: Final = 32  # bytes given to br and zstd at a time: what a broken stream has said before it broke is not lost,
# and zstd, whose blocks of four bytes may stand for 128 KB, unpacks all that it is given at once
_ZSTD_WINDOW: Final = 1 << 23  # bytes; RFC 8878 §3.1.1.1.2 asks for 8 MB


class CodingError(ValueError):
    """The bytes are not in the coding that they are said to be in."""


class Decoder(Protocol):
    """One coding of one message."""

    def decode(self, data: bytes) -> Iterator[bytes]:
        """What these bytes stand for; raises CodingError."""


class Inflate:
    """gzip with all its members, or deflate, with zlib's header (RFC 1950) as it should be or without as it often is."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16) if gzip else None
        self._ended = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Bytes behind the end of the last member are overlooked, as clients do."""
        if self._stream is None and data:
            zlib_header = data[0] & 0x0F == zlib.DEFLATED and data[0] >> 4 <= 7
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
        while data and self._stream is not None and not self._ended:
            before = self._stream.copy()
            try:
                piece = self._stream.decompress(data, PIECE)
            except zlib.error as error:
                yield from _by_bytes(before, data)
                raise CodingError(str(error)) from None
            if piece:
                yield piece
            data = self._rest()

    def _rest(self) -> bytes:
        stream = self._stream
        if stream is None or not stream.eof:
            return stream.unconsumed_tail if stream else b""
        rest = stream.unused_data
        if self._gzip and (not rest or rest[0] == 0x1F):
            self._stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
            return rest
        self._ended = True
        return b""


class Brotli:
    """br."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def decode(self, data: bytes) -> Iterator[bytes]:
        """One stream; bytes behind its end are overlooked."""
        try:
            for at in range(0, len(data), _INPUT):
                piece = self._stream.process(data[at:at + _INPUT], output_buffer_limit=PIECE)
                while piece:
                    yield piece
                    piece = b"" if self._ready() else self._stream.process(b"", output_buffer_limit=PIECE)
                if self._stream.is_finished():
                    return
        except brotli.error as error:
            raise CodingError(str(error)) from None

    def _ready(self) -> bool:
        return bool(self._stream.is_finished() or self._stream.can_accept_more_data())


class Zstandard:
    """zstd, with all its frames."""

    def __init__(self) -> None:
        self._stream = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj(read_across_frames=True)

    def decode(self, data: bytes) -> Iterator[bytes]:
        """A frame behind the last one may be anything that begins like one."""
        try:
            for at in range(0, len(data), _INPUT):
                piece = self._stream.decompress(data[at:at + _INPUT])
                if piece:
                    yield piece
        except zstandard.ZstdError as error:
            raise CodingError(str(error)) from None


class Layers:
    """Several codings on top of each other, the outermost first."""

    def __init__(self, outer: Decoder, inner: Decoder) -> None:
        self._outer, self._inner = outer, inner

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Through all of them."""
        for piece in self._outer.decode(data):
            yield from self._inner.decode(piece)


def _by_bytes(stream: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """What a stream says before it breaks: asked for all at once zlib would not tell."""
    for at in range(len(data)):
        try:
            piece = stream.decompress(data[at:at + 1])
        except zlib.error:
            return
        if piece:
            yield piece


def decoder(codings: list[str]) -> Decoder | None:
    """What takes these codings off, in the order in which they were put on; None where nothing does.

    >>> b"".join(decoder(["deflate"]).decode(zlib.compress(b"a")))
    b'a'
    """
    if not 0 < len(codings) <= MOST_LAYERS:
        return None
    made: Decoder | None = None
    for coding in codings:
        single = _single(coding)
        if single is None:
            return None
        made = single if made is None else Layers(single, made)
    return made


def _single(coding: str) -> Decoder | None:
    match coding:
        case "gzip" | "x-gzip":
            return Inflate(gzip=True)
        case "deflate":
            return Inflate(gzip=False)
        case "br":
            return Brotli()
        case "zstd":
            return Zstandard()
    return None
