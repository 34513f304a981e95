"""HTTP/2 (RFC 9113): the streams of a session as requests, responses and content; header lists by hpack."""

from functools import partial
from typing import Final

import hpack

from hwmodel.session import Direction
from nf.protocols.content import Content
from nf.protocols.http2_fields import Fields, fields, odd_request
from nf.protocols.http2_frames import ACK, END_STREAM, LONGEST, Frame, FrameError, Frames, Kind
from nf.protocols.http2_page import page
from nf.protocols.http2_streams import Half, Stream, Streams
from nf.protocols.http_request import host_of
from nf.protocols.items import Anomaly, Broken, Complete, Item, Request, Response
from nf.protocols.notice import Notice
from nf.protocols.reader import Reader
from nf.protocols.reading import Reading
from nf.protocols.websocket import both_ways

C2S, S2C = Direction.C2S, Direction.S2C
_SMALLEST_TABLE: Final = 4096  # bytes; RFC 9113 §6.5.2
_LARGEST_TABLE: Final = 1 << 16  # that is kept; browsers allow as much
_TABLE_SIZE: Final = 1  # SETTINGS_HEADER_TABLE_SIZE
MOST_IDLE: Final = 1000  # frames in a row that bring nothing (CVE-2019-9515, CVE-2019-9518)
MOST_RESETS: Final = 100  # unanswered requests that a client takes back, if they are half of all


class Http2:
    """Both directions. Keeps a header table and a frame of each, and the heads of requests on their way."""

    name = "HTTP/2"
    over = False
    successor: Reader | None = None

    def __init__(self, reading: Reading, upgraded: Request | None = None) -> None:
        self._reading = reading
        self._frames = {C2S: Frames(client=True), S2C: Frames(client=False)}
        self._tables = {way: hpack.Decoder(max_header_list_size=LONGEST) for way in Direction}
        self._streams = Streams()
        self._lost: set[Direction] = set()
        self._idle = 0  # frames in a row that bring nothing
        if upgraded is not None:  # its response comes on the first stream, RFC 7540 §3.2
            self._streams.add(1, upgraded).halves[C2S].ended = True
            self._streams.highest = 1

    def read(self, direction: Direction, data: bytes, start: int) -> tuple[list[Item], int]:
        """The frames in these bytes."""
        out: list[Item] = []
        if direction not in self._lost:
            try:
                for frame in self._frames[direction].read(data, start):
                    self._frame(direction, frame, out)
            except FrameError as error:
                self._lost.add(direction)
                at = self._frames[direction].boundary
                out.append(Anomaly(direction, at, at, 0, error.kind, str(error), lost=True))
        return out, len(data)

    def end(self, direction: Direction, at: int) -> list[Item]:
        """Streams that have not ended are broken off."""
        left = [number for number, stream in self._streams.open.items() if not stream.halves[direction].ended]
        out: list[Item] = []
        for number in left:
            self._end(direction, number, Broken(direction, at, at, number), out)
        return out

    def boundary(self, direction: Direction) -> int:
        """Where the last whole frame ended."""
        return self._frames[direction].boundary

    def refuse(self, notice: Notice, passed: int) -> bytes | None:
        """A response on the request's stream, and the end of the connection, where nothing of the response has passed."""
        stream = self._streams.open.get(notice.exchange)
        start, method = self._streams.begun.get(notice.exchange, (
            self._frames[S2C].boundary, stream.request.method if stream and stream.request else ""))
        if passed != start or (stream is None and notice.exchange not in self._streams.begun):
            return None
        return page(notice, method, self._streams.highest, first=not passed)

    def follows(self, direction: Direction) -> bool:
        """Whether what came last is content that nobody wants, so that more of it may follow."""
        return direction not in self._lost and self._take(direction, self._frames[direction].stream, 0)

    def follow(self, direction: Direction, data: bytes, start: int) -> int:
        """How many of these bytes are that."""
        return self._frames[direction].follow(data, start, partial(self._take, direction))

    def _take(self, direction: Direction, number: int, size: int) -> bool:
        """Whether nobody wants so many bytes of a stream: then they count without being read."""
        stream = self._streams.open.get(number)
        half = stream.halves[direction] if stream is not None and not stream.messages else None
        if half is None or half.content is None or not half.content.is_left:
            return False
        half.size += size
        return True

    def _frame(self, direction: Direction, frame: Frame, out: list[Item]) -> None:
        idle = frame.kind is Kind.SETTINGS or not (frame.payload or frame.flags & END_STREAM)
        self._idle = self._idle + 1 if idle else 0
        if self._idle > MOST_IDLE:
            raise FrameError("flood", f"{MOST_IDLE} frames that bring nothing, or more")
        match frame.kind:
            case Kind.DATA:
                self._data(direction, frame, out)
            case Kind.HEADERS:
                self._headers(direction, frame, out)
            case Kind.PUSH_PROMISE if direction is S2C:
                self._promise(frame, out)
            case Kind.PUSH_PROMISE:
                raise FrameError("malformed", "a client promises a request")
            case Kind.RST_STREAM:
                self._reset(direction, frame, out)
            case Kind.SETTINGS if not frame.flags & ACK:
                self._settings(direction, frame)

    def _headers(self, direction: Direction, frame: Frame, out: list[Item]) -> None:
        found = self._decode(direction, frame.payload)
        stream = self._streams.open.get(frame.stream)
        if direction is C2S and stream is None and frame.stream > self._streams.highest:
            self._streams.highest = frame.stream
            self._ask(direction, frame.stream, frame, found, out)
        elif stream is not None and stream.halves[direction].content is not None:
            self._trailers(direction, frame, found, out)
        elif stream is not None and direction is S2C:
            self._answer(stream, frame, found, out)
        if frame.flags & END_STREAM:
            self._finish(direction, frame.stream, frame.end, out)

    def _decode(self, direction: Direction, block: bytes) -> Fields:
        try:
            return fields(self._tables[direction].decode(block, raw=True))
        except hpack.OversizedHeaderListError as error:
            raise FrameError("oversized", str(error)) from None
        except hpack.HPACKError as error:
            raise FrameError("malformed", f"header block: {error}") from None

    def _ask(self, direction: Direction, number: int, frame: Frame, found: Fields, out: list[Item]) -> None:
        """A request; one that the server promises to answer unasked has the server's direction."""
        pseudo = found.pseudo
        method, authority = pseudo.get(":method", ""), pseudo.get(":authority", "")
        host = host_of(authority or next((value for name, value in found.headers if name == "host"), ""))
        target = pseudo.get(":path") or authority
        request = Request(direction, frame.start, frame.end, number, "2", method, target, host, found.headers,
                          pseudo.get(":scheme", ""))
        stream = self._streams.add(number, request)
        stream.opaque, stream.protocol = method == "CONNECT", pseudo.get(":protocol", "").lower()
        stream.halves[C2S] = self._half(C2S, number, found)
        out.append(request)
        self._report(direction, frame, number, odd_request(found), out)
        if self._streams.too_many:
            raise FrameError("flood", f"{len(self._streams.open)} streams at a time")

    def _answer(self, stream: Stream, frame: Frame, found: Fields, out: list[Item]) -> None:
        said = found.pseudo.get(":status", "")
        status = int(said) if len(said) == 3 and said.isascii() and said.isdecimal() else 0
        if 100 <= status < 200:
            return
        request, number = stream.request, frame.stream
        method = request.method if request else ""
        stream.halves[S2C] = self._half(S2C, number, found)
        if method == "HEAD" or status in {204, 304}:
            stream.halves[S2C].length = None
        self._streams.answer(number, frame.start, method)
        out.append(Response(S2C, frame.start, frame.end, number, "2", status, "", found.headers, request))
        odd = list(found.oddities) if status else [*found.oddities, ("malformed", f"status {said[:20]!r}")]
        self._report(S2C, frame, number, odd, out)
        stream.opaque = stream.opaque and 200 <= status < 300
        if stream.opaque and stream.protocol == "websocket":  # RFC 8441
            stream.messages = both_ways(number, found.headers, self._reading)

    def _half(self, direction: Direction, number: int, found: Fields) -> Half:
        return Half(Content(direction, number, found.headers, self._reading), found.length())

    def _trailers(self, direction: Direction, frame: Frame, found: Fields, out: list[Item]) -> None:
        odd = list(found.oddities)
        if found.pseudo or not frame.flags & END_STREAM:
            odd.append(("malformed", "a second header list that is no trailer"))
        self._report(direction, frame, frame.stream, odd, out)

    def _promise(self, frame: Frame, out: list[Item]) -> None:
        number = int.from_bytes(frame.payload[:4]) & 0x7FFFFFFF
        found = self._decode(S2C, frame.payload[4:])
        if number not in self._streams.open:
            self._ask(S2C, number, frame, found, out)
            self._streams.open[number].halves[C2S].ended = True

    def _data(self, direction: Direction, frame: Frame, out: list[Item]) -> None:
        stream = self._streams.open.get(frame.stream)
        if stream is None:  # the other end has just reset it
            return
        half = stream.halves[direction]
        half.size += len(frame.payload)
        if stream.messages and frame.payload:
            stream.messages[direction].read(frame.payload, frame.at, out)
        elif half.content is not None and frame.payload and not stream.opaque:
            half.content.receive(frame.payload, frame.at, out)
        if frame.last and frame.flags & END_STREAM:
            self._finish(direction, frame.stream, frame.end, out)

    def _finish(self, direction: Direction, number: int, at: int, out: list[Item]) -> None:
        """The stream's last frame in this direction."""
        stream = self._streams.open.get(number)
        if stream is None or stream.halves[direction].ended:
            return
        half = stream.halves[direction]
        if half.length is not None and half.length != half.size and not stream.opaque:
            out.append(Anomaly(direction, at, at, number, "length", f"content of {half.size} bytes, said to be {half.length}"))
        self._end(direction, number, Complete(direction, at, at, number), out)

    def _reset(self, direction: Direction, frame: Frame, out: list[Item]) -> None:
        stream, streams = self._streams.open.get(frame.stream), self._streams
        if stream is None:
            return
        if direction is C2S and stream.halves[S2C].content is None:
            streams.resets += 1
            if streams.resets >= MOST_RESETS and streams.resets % MOST_RESETS == 0 and streams.resets * 2 >= streams.count:
                text = f"{streams.resets} of {streams.count} requests taken back"
                out.append(Anomaly(C2S, frame.start, frame.end, frame.stream, "rapid-reset", text))
        for way in Direction:
            if not stream.halves[way].ended:
                at = frame.start if way is direction else self._frames[way].boundary
                self._end(way, frame.stream, Broken(way, at, at, frame.stream), out)

    def _end(self, direction: Direction, number: int, told: Item, out: list[Item]) -> None:
        stream = self._streams.open[number]
        half = stream.halves[direction]
        half.ended = True
        if half.content is not None:
            out.extend(half.content.finish(told.start, whole=isinstance(told, Complete)))
        out.append(told)
        if all(half.ended for half in stream.halves.values()):
            self._streams.remove(number)

    def _settings(self, direction: Direction, frame: Frame) -> None:
        """Who announces a header table is who decodes with it; a smaller one is in the other's header blocks."""
        for at in range(0, len(frame.payload) - 5, 6):
            if int.from_bytes(frame.payload[at:at + 2]) == _TABLE_SIZE:
                size = min(int.from_bytes(frame.payload[at + 2:at + 6]), _LARGEST_TABLE)
                table = self._tables[direction.opposite]
                table.max_allowed_table_size = max(table.max_allowed_table_size, size, _SMALLEST_TABLE)

    def _report(self, direction: Direction, frame: Frame, number: int, odd: list[tuple[str, str]], out: list[Item]) -> None:
        out += [Anomaly(direction, frame.start, frame.end, number, kind, text) for kind, text in odd]
