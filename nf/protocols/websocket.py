"""WebSocket (RFC 6455) in place of HTTP/1, behind a 101."""

from hwmodel.session import Direction
from nf.protocols.items import Headers, Item, Response
from nf.protocols.notice import Notice
from nf.protocols.reader import Reader
from nf.protocols.reading import Reading
from nf.protocols.websocket_frames import Frames

_CLOSE, _POLICY_VIOLATION = 0x88, 1008  # RFC 6455 §5.5.1, §7.4.1


def both_ways(exchange: int, headers: Headers, reading: Reading) -> dict[Direction, Frames]:
    """The two directions, as the response's header has agreed on them."""
    agreed = ",".join(value for name, value in headers if name == "sec-websocket-extensions").lower()
    deflated = "permessage-deflate" in agreed
    forgets = {Direction.C2S: "client_no_context_takeover", Direction.S2C: "server_no_context_takeover"}
    return {way: Frames(way, exchange, reading, deflated=deflated, forgets=forgets[way] in agreed) for way in Direction}


class WebSocket:
    """Both directions; the exchange is that of the request that asked for it."""

    name = "WEBSOCKET"
    over = False
    successor: Reader | None = None

    def __init__(self, response: Response, reading: Reading) -> None:
        self._ways = both_ways(response.exchange, response.headers, reading)
        self._ways[Direction.S2C].boundary = response.end

    def read(self, direction: Direction, data: bytes, start: int) -> tuple[list[Item], int]:
        """Messages."""
        out: list[Item] = []
        self._ways[direction].read(data, start, out)
        return out, len(data)

    def end(self, direction: Direction, at: int) -> list[Item]:
        """A message may be broken off."""
        out: list[Item] = []
        self._ways[direction].end(at, out)
        return out

    def boundary(self, direction: Direction) -> int:
        """Where the last whole frame ended."""
        return self._ways[direction].boundary

    def refuse(self, notice: Notice, passed: int) -> bytes | None:
        """A close frame, where the client has had whole frames."""
        if passed != self.boundary(Direction.S2C):
            return None
        reason = _POLICY_VIOLATION.to_bytes(2) + notice.line().encode()[:123]
        return bytes([_CLOSE, len(reason)]) + reason
