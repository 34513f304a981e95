"""The way of one HTTP message through this service: held until it is judged, then let go, replaced or refused."""

from dataclasses import dataclass, field
from typing import Final

from nf.log.icap_records import Redirected
from nf.protocols.encapsulated import LAST_CHUNK, Adapted, http_chunk
from nf.protocols.items import Body, Complete, Item, Request, Response
from nf.services import Block, Page, Replacement
from nf.services.icap.call import Call
from nf.services.icap.desk import Desk
from nf.services.icap.dialogue import Failure
from nf.services.icap.exchange import Exchange
from nf.services.icap.message import KEPT, Message

LONGEST_KEPT: Final = 1 << 15  # bytes of an adapted message that are kept to its end; a longer one goes on in chunks
_REASONS: Final = ("x-infection-found", "x-virus-id", "x-violations-found", "x-block-reason", "x-response-info")
_UNCHECKED: Final = "This content could not be checked, and is not let through unchecked."


@dataclass(slots=True)
class Outcome:
    """What is to become of a session's bytes, gathered over one event."""

    replaced: list[Replacement] = field(default_factory=list)
    redirected: list[Redirected] = field(default_factory=list)
    block: Block | None = None


class Turn:
    """`out` is the offset up to which the original has gone on, or other content in its place; `end` that of its last byte."""

    def __init__(self, desk: Desk, item: Request | Response) -> None:
        self.message = Message(item, desk.scheme)
        self.exchange = Exchange(desk, self.message)
        self.start = self.out = item.start
        self.end: int | None = None
        self.is_released = False  # the original goes on
        self._desk = desk
        self._direction = item.direction
        self._is_answered = False  # all that goes on in its place has been said
        self._streams = False  # it has begun to go on in chunks

    @property
    def is_over(self) -> bool:
        """Whether what comes next is another message's."""
        return self.end is not None and (self.is_released or self._is_answered)

    def take(self, item: Item) -> None:
        """More of the message; the parts of a form are in its content too."""
        if item.exchange != self.message.item.exchange:
            return
        if isinstance(item, Body) and not self.is_released:
            self.message.add(item.coded)
        elif isinstance(item, Complete):
            self.end, self.message.is_whole = item.end, True

    def go_on(self, seen: int, outcome: Outcome) -> None:
        """Do what can be done now; `seen` is the offset up to which the direction has been read."""
        if self.is_released:
            return
        upto = seen if self.end is None else self.end
        exchange, piled_up = self.exchange, upto - self.out >= KEPT
        exchange.more(enough=piled_up)
        call = exchange.call
        if exchange.failed is not None:
            self.fall_back(exchange.failed, outcome)
        elif exchange.unchanged:
            self._release("permitted")
        elif call is not None and call.adapted is not None:
            self._adapt(call, call.adapted, upto, outcome)
        elif call is not None and piled_up and not exchange.waits:
            self.message.give_up(self.message.size)
            self._replace(upto, b"", outcome)

    def waits(self, seen: int) -> bool:
        """Whether so much has piled up that no more is to be read until the server has answered."""
        is_servers_turn = self.exchange.waits or self.end is not None
        return not self.is_released and is_servers_turn and seen - self.out >= KEPT

    def fall_back(self, failure: Failure, outcome: Outcome) -> None:
        """No server has judged it: what the configuration wants then, unless what is gone cannot be had back."""
        self.exchange.abandon()
        option = getattr(self._desk.profile.fallback, failure.why.replace("-", "_"))
        if self.out > self.start or self._streams:
            self._refuse(failure.text, Block(failure.text), outcome)
        elif option == "block":
            page = Page(self.message.item.exchange, _UNCHECKED, status=503, mime="text/plain")
            self._refuse(failure.text, Block(failure.text, page), outcome)
        else:
            if option == "log-permit":
                outcome.redirected.append(self._told("FALLBACK-PERMITTED", failure.text))
            self._release(f"fallback {option}")

    # what the server has made of it

    def _adapt(self, call: Call, adapted: Adapted, upto: int, outcome: Outcome) -> None:
        if adapted.kind == "res" and isinstance(self.message.item, Request):
            return self._answer(call, adapted, outcome)
        if call.is_over and (call.original is None or self.message.is_whole):
            return self._finish(call, adapted, upto, outcome)
        if not call.is_over and len(call.content) > LONGEST_KEPT and self._takes_chunks:
            return self._stream(call, adapted, upto, outcome)
        if len(call.content) > KEPT:
            said = f"ICAP server {call.server.name} answers with more than can be kept"
            return self.fall_back(Failure("default-action", said), outcome)
        if call.original is None and (self._streams or upto - self.out >= KEPT):
            self._replace(upto, b"", outcome)
            self.message.give_up(self.message.size)
        return None

    @property
    def _takes_chunks(self) -> bool:
        """Whether whoever gets the message knows chunks (RFC 9112 §7.1)."""
        request = self.message.request
        return request is not None and request.version != "1.0"

    def _answer(self, call: Call, adapted: Adapted, outcome: Outcome) -> None:
        """A response in place of the request (RFC 3507 §4.8.2): its client gets that, and the session ends."""
        if not call.is_over and len(call.content) <= KEPT:
            return
        self.exchange.abandon()
        mime, _, parameters = adapted.value("content-type").partition(";")
        charset = "latin-1" if "8859-1" in parameters else "utf-8"
        page = Page(self.message.item.exchange, bytes(call.content[:KEPT]).decode(charset, "replace"), status=adapted.status,
                    location=adapted.value("location"), mime=mime.strip().lower() or "text/html")
        self._refuse(self._reason(call) or f"ICAP server {call.server.name} answers {adapted.status}",
                     Block(f"blocked by ICAP server {call.server.name}", page), outcome)

    def _stream(self, call: Call, adapted: Adapted, upto: int, outcome: Outcome) -> None:
        head = b"" if self._streams else adapted.written(self.message.item.headers, None)
        self._streams = self.exchange.is_spoilt = True
        data = http_chunk(bytes(call.content))
        call.content.clear()
        self.message.give_up(self.message.size)
        self._replace(upto, head + data, outcome)

    def _finish(self, call: Call, adapted: Adapted, upto: int, outcome: Outcome) -> None:
        """The server has said all."""
        content = bytes(call.content)
        call.content.clear()
        if self._is_answered:
            data = b""
        elif self._streams:
            data = http_chunk(content) + LAST_CHUNK
        else:
            if call.original is not None:
                content += self.message.between(call.original)
            data = adapted.written(self.message.item.headers, len(content), bodiless=self._is_bodiless(adapted)) + content
        if not self._is_answered:
            self._report(call, adapted, outcome)
        self._is_answered = self.exchange.is_spoilt = True
        self.message.give_up(self.message.size)
        self._replace(upto, data, outcome)

    def _is_bodiless(self, adapted: Adapted) -> bool:
        request = self.message.request
        return adapted.kind == "res" and (adapted.status in {204, 304} or (request is not None and request.method == "HEAD"))

    def _report(self, call: Call, adapted: Adapted, outcome: Outcome) -> None:
        """A server that was not allowed to say 204 repeats the message; that is no news."""
        item = self.message.item
        refused = isinstance(item, Response) and adapted.status >= 400 > item.status
        status_changed = isinstance(item, Response) and adapted.status != item.status
        line_changed = isinstance(item, Request) and adapted.first.split()[:2] != [item.method, item.target]
        is_same = (call.original, call.checksum) in {(None, self.message.checksum), (0, 0)}
        if refused or status_changed or line_changed or not is_same:
            action = "BLOCKED" if refused else "MODIFIED"
            self._desk.note(call.server, action.lower())
            outcome.redirected.append(self._told(action, self._reason(call), adapted.status))
        else:
            self._desk.note(call.server, "permitted")

    # what becomes of its bytes

    def _release(self, counted: str) -> None:
        self._desk.note(self.exchange.server, counted)
        self.is_released = True
        self.message.give_up(self.message.size)

    def _replace(self, upto: int, data: bytes, outcome: Outcome) -> None:
        if upto > self.out or data:
            outcome.replaced.append(Replacement(self._direction, self.out, upto, data))
            self.out = upto

    def _refuse(self, reason: str, block: Block, outcome: Outcome) -> None:
        self._desk.note(self.exchange.server, "blocked")
        outcome.redirected.append(self._told("BLOCKED", reason, block.page.status if block.page else 0))
        outcome.block = block

    def _told(self, action: str, reason: str, status: int = 0) -> Redirected:
        head = self.exchange.call.head if self.exchange.call is not None else None
        return Redirected(action, reason, self.message.method, self._desk.profile.name, self.exchange.server.name,
                          self.message.url, head.status if head else 0, status)

    def _reason(self, call: Call) -> str:
        """What the server says of its reason, in one of the headers that servers have for it."""
        return next((value for name in _REASONS if call.head is not None and (value := call.head.value(name))), "")
