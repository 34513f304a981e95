"""HTTP/1 (RFC 9112): requests, the responses to them, their content; pipelined, interim, and up to another protocol."""

from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, NamedTuple

from hwmodel.session import Direction
from nf.protocols.content import Content
from nf.protocols.http1_framing import Framing, of_request, of_response
from nf.protocols.http1_head import read_head
from nf.protocols.http1_messages import Messages
from nf.protocols.http_request import aim, odd_hosts
from nf.protocols.items import Complete, Item, Request, Response
from nf.protocols.notice import Notice
from nf.protocols.reader import Reader
from nf.protocols.reading import Reading

C2S, S2C = Direction.C2S, Direction.S2C
MOST_OUTSTANDING: Final = 1 << 18  # bytes of memory that requests take while they wait for their responses
MOST_INTERIM: Final = 1000  # before a final response; Go's client takes 5
_REQUEST, _FIELD = 600, 160  # bytes of memory of a request and a field of its header, beside what they say

Switch = Callable[[Request | None, Response], Reader | None]  # who reads on after a 101 or a CONNECT; None: nobody can


class _Waiting(NamedTuple):
    request: Request
    size: int


class Exchanges:
    """What requests and responses know of each other."""

    def __init__(self) -> None:
        self.waiting: deque[_Waiting] = deque()  # without their final response's head
        self.size = 0
        self.answered = (0, 0)  # the exchange whose final response was read last, and where that began

    def ask(self, request: Request) -> None:
        """One more request."""
        size = request.end - request.start + _REQUEST + _FIELD * len(request.headers)
        self.waiting.append(_Waiting(request, size))
        self.size += size

    def answer(self, start: int) -> Request | None:
        """The request that the next final response is for."""
        if not self.waiting:
            return None
        request, size = self.waiting.popleft()
        self.size -= size
        self.answered = (request.exchange, start)
        return request


class Requests(Messages):
    """The client's direction."""

    def __init__(self, exchanges: Exchanges, reading: Reading) -> None:
        super().__init__(C2S)
        self._exchanges, self._reading = exchanges, reading

    def begin(self, raw: bytes, start: int, end: int, out: list[Item]) -> tuple[Framing, Content] | None:
        """A request."""
        self.exchange += 1
        head = read_head(raw, response=False)
        if head is None:
            self.odd("malformed", f"no request line: {raw[:40]!r}", start, end, out, lost=True)
            return None
        method, target, version = head.line
        scheme, host = aim(method, target, head.headers)
        request = Request(C2S, start, end, self.exchange, version.removeprefix("HTTP/"), method, target, host, head.headers,
                          scheme)
        out.append(request)
        for kind, text in (*head.oddities, *odd_hosts(request.version, host, head.headers)):
            self.odd(kind, text, start, end, out)
        self._exchanges.ask(request)
        if len(self._exchanges.waiting) > 1 and self._exchanges.size > MOST_OUTSTANDING:
            self.odd("flood", f"{len(self._exchanges.waiting)} requests wait for their responses", start, end, out, lost=True)
            return None
        return of_request(head), Content(C2S, self.exchange, head.headers, self._reading)

    def complete(self, end: int, out: list[Item]) -> None:
        """The request is whole."""
        out.append(Complete(C2S, end, end, self.exchange))


class Responses(Messages):
    """The server's direction."""

    def __init__(self, exchanges: Exchanges, reading: Reading, switch: Switch) -> None:
        super().__init__(S2C)
        self._exchanges, self._reading, self._switch = exchanges, reading, switch
        self.successor: Reader | None = None
        self.method = ""  # of the request that the response read last is for
        self._interim = False
        self._interims = 0  # since the last final response

    def begin(self, raw: bytes, start: int, end: int, out: list[Item]) -> tuple[Framing, Content | None] | None:
        """A response; interim ones but 101 are passed over."""
        head = read_head(raw, response=True)
        status = int(head.line[1]) if head else 0
        self._interim = 100 <= status < 200 and status != 101
        if self._interim:
            self._interims += 1
            if self._interims > MOST_INTERIM:
                self.odd("flood", f"{MOST_INTERIM} interim responses, or more", start, end, out, lost=True)
            return Framing(), None
        self._interims = 0
        request = self._exchanges.answer(start)
        self.exchange = request.exchange if request else 0
        if head is None:
            self.odd("malformed", f"no status line: {raw[:40]!r}", start, end, out, lost=True)
            return None
        response = Response(S2C, start, end, self.exchange, head.line[0].removeprefix("HTTP/"), status, head.line[2],
                            head.headers, request)
        out.append(response)
        for kind, text in head.oddities:
            self.odd(kind, text, start, end, out)
        if request is None and status != 408:  # some servers send it before they close an idle connection
            self.odd("unasked", f"response {status} without a request", start, end, out)
        self.method = request.method if request else ""
        if status == 101 or (self.method == "CONNECT" and 200 <= status < 300):
            self._other(request, response, out)
            return None
        return of_response(head, status, self.method), Content(S2C, self.exchange, head.headers, self._reading)

    def complete(self, end: int, out: list[Item]) -> None:
        """The response is whole, unless it was an interim one."""
        if not self._interim:
            out.append(Complete(S2C, end, end, self.exchange))

    def _other(self, request: Request | None, response: Response, out: list[Item]) -> None:
        """Another protocol begins behind this head."""
        out.append(Complete(S2C, response.end, response.end, self.exchange))
        self.boundary, self.over = response.end, True
        self.successor = self._switch(request, response)


class Http1:
    """Both directions of a session in HTTP/1."""

    name = "HTTP"

    def __init__(self, reading: Reading, switch: Switch) -> None:
        self._exchanges = Exchanges()
        self._requests = Requests(self._exchanges, reading)
        self._responses = Responses(self._exchanges, reading, switch)

    @property
    def over(self) -> bool:
        """Whether 101, or CONNECT, has led to another protocol."""
        return self._responses.over

    @property
    def successor(self) -> Reader | None:
        """Who reads what comes after 101 or CONNECT."""
        return self._responses.successor

    def read(self, direction: Direction, data: bytes, start: int) -> tuple[list[Item], int]:
        """Requests, or responses."""
        out: list[Item] = []
        if direction is C2S:
            return out, self._requests.read(data, start, out)
        taken = self._responses.read(data, start, out)
        if self._responses.over and (self._exchanges.waiting or self._requests.inside):
            self._requests.odd("smuggling", "bytes behind a request for another protocol did not wait for its answer",
                               self._requests.boundary, self._requests.boundary, out, lost=True)
        return out, taken

    def end(self, direction: Direction, at: int) -> list[Item]:
        """Content without a length ends here."""
        out: list[Item] = []
        self._side(direction).end(at, out)
        return out

    def boundary(self, direction: Direction) -> int:
        """Where the last whole message ended."""
        return self._side(direction).boundary

    def refuse(self, notice: Notice, passed: int) -> bytes | None:
        """A response, where the client has had all earlier ones whole and nothing of this one."""
        exchange, start = self._exchanges.answered
        if notice.exchange != exchange:
            following = self._exchanges.waiting[0].request if self._exchanges.waiting else None
            if following is None or following.exchange != notice.exchange or self._responses.boundary != passed:
                return None
            return _page(notice, following.method)
        return _page(notice, self._responses.method) if passed == start else None

    def remaining(self, direction: Direction) -> int:
        """Bytes that may be passed over."""
        return self._side(direction).remaining

    def skip(self, direction: Direction, count: int) -> int:
        """So many of them are; returns the exchange that they belong to."""
        side = self._side(direction)
        side.skip(count)
        return side.exchange

    def follows(self, direction: Direction) -> bool:
        """Whether what comes next is content that nobody wants."""
        return self._side(direction).follows

    def follow(self, direction: Direction, data: bytes, start: int) -> int:  # noqa: ARG002 - of the protocol
        """How many of these bytes are that."""
        return self._side(direction).follow(data)

    def _side(self, direction: Direction) -> Messages:
        return self._requests if direction is C2S else self._responses


def _page(notice: Notice, method: str) -> bytes:
    phrase = HTTPStatus(notice.code).phrase if notice.code in {status.value for status in HTTPStatus} else ""
    fields = [*notice.fields(), ("connection", "close")]
    head = f"HTTP/1.1 {notice.code} {phrase}\r\n" + "".join(f"{name.title()}: {value}\r\n" for name, value in fields) + "\r\n"
    return head.encode("latin-1") + (b"" if method == "HEAD" else notice.content())
