"""The search for what a session is, through all that has been seen of it."""

from typing import Final

from msgspec import Struct

from hwmodel.session import C2S, S2C, Direction
from nf.pki.names import dns_names
from nf.protocols import applications
from nf.protocols.applications import HTTP, HTTP2, SSL, UNKNOWN
from nf.protocols.conversation import Conversation
from nf.protocols.first_bytes import first_request, identify
from nf.protocols.items import Item, Request
from nf.protocols.openings import opened
from nf.services import Piece
from nf.services.application_identification.custom import CustomApplications
from nf.services.application_identification.evidence import Evidence, Fit
from nf.services.application_identification.knowledge import Knowledge
from nf.tls.client_hello import ClientHello, NeedMore, parse

_HANDSHAKE: Final = b"\x16"  # TLS's content type
_HTTP: Final = {"HTTP": HTTP, "HTTP/2": HTTP2}


class Finding(Struct, frozen=True, gc=False):
    """A protocol, and what is nested in it ("" where nothing is); `final` says that the first bytes tell no more."""

    carrier: str
    nested: str
    final: bool


class Search:
    """Of one session; `reads` says that its requests come with the pieces."""

    _knows: Knowledge
    _seen: Evidence
    reads: bool
    _reader: Conversation | None = None

    def _find(self, piece: Piece, so_far: bytes) -> Finding | None:
        """None while even the protocol is unknown."""
        seen, custom = self._seen, self._knows.custom
        if seen.carrier is None:
            seen.carrier = self._carrier(piece)
            seen.greeted = seen.greeted or seen.carrier is not None
            seen.is_http = seen.carrier in {HTTP, HTTP2}
        if seen.is_http and seen.request is None:
            seen.request = self._request(piece, so_far)
        if custom.applications:
            return self._find_own(custom)
        if seen.carrier is None:
            return None
        waits = seen.is_http and seen.request is None and not self._is_over(C2S)
        return Finding(seen.carrier, self._nested(), final=not waits)

    def _find_own(self, custom: CustomApplications) -> Finding | None:
        """One's own applications come before the predefined ones, or after them."""
        seen = self._seen
        own, fit = custom.find(seen, "high")
        if own is not None:
            return Finding(seen.carrier or UNKNOWN, own.name, final=True)
        if seen.carrier is None:
            return None
        nested = "" if fit is Fit.MAYBE else self._nested()
        if not nested and fit is Fit.NO:
            own, fit = custom.find(seen, "low")
            nested = own.name if own is not None else ""
        waits = fit is Fit.MAYBE or (seen.is_http and seen.request is None and not self._is_over(C2S))
        return Finding(seen.carrier, nested, final=not waits)

    def _is_over(self, direction: Direction) -> bool:
        return len(self._seen.heads[direction]) >= self._knows.most

    def _carrier(self, piece: Piece) -> str | None:
        """The protocol; None while more bytes may tell it, or another one."""
        seen = self._seen
        client, server = seen.heads[C2S], seen.heads[S2C]
        if client[:1] == _HANDSHAKE:
            hello = parse(client)
            if isinstance(hello, ClientHello):
                seen.encrypted, seen.server_name = True, hello.server_name
                return SSL
            if isinstance(hello, NeedMore) and not self._is_over(C2S):
                return None
        found, sure = opened("s", server) if server else (None, True)
        if found is not None or not (client or sure):
            return found
        if not client:
            return UNKNOWN if self._is_over(S2C) else None
        if not (self.reads or piece.items):
            seen.request = first_request(client)
            if seen.request is not None:
                return HTTP
        return self._by_client(client)

    def _by_client(self, client: bytes) -> str | None:
        said = identify(client)
        if said is not None and said.name in _HTTP:
            return _HTTP[said.name]
        found, sure = opened("c", client)
        if found is not None:
            return found
        if not ((said is not None and sure) or self._is_over(C2S)):
            return None
        agreed = applications.of_alpn(self._seen.alpn)
        return UNKNOWN if agreed is None or agreed in _HTTP.values() else agreed

    def _request(self, piece: Piece, so_far: bytes) -> Request | None:
        """The first request, once its head is whole."""
        if self.reads or piece.items:
            return first_of(piece.items)
        if self._seen.carrier == HTTP:
            return first_request(self._seen.heads[C2S])
        if self._reader is None:
            self._reader = Conversation()
            return first_of(self._reader.read(C2S, so_far + piece.data))
        return first_of(self._reader.read(piece.direction, piece.data))

    def _nested(self) -> str:
        """What is behind a request, or else a server's name, or else its certificate."""
        seen, request = self._seen, self._seen.request
        if request is not None:
            behind = applications.of_server(request.host, request.path)
            for name, value in request.headers if behind is None else ():
                if name == "user-agent":
                    behind = applications.of_agent(value)
                    break
            if behind is not None:
                return behind
        if seen.server_name is not None:
            return applications.of_server(seen.server_name) or ""
        return "" if request is not None and request.host else self._by_certificate()

    def _by_certificate(self) -> str:
        """For clients that do not say whom they ask."""
        if not self._seen.chain:
            return ""
        names = (name.removeprefix("*.") for name in dns_names(self._seen.chain[0]))
        return next((found for name in names if (found := applications.of_server(name))), "")


def first_of(items: tuple[Item, ...]) -> Request | None:
    """The first request that a reader has found."""
    return next((item for item in items if isinstance(item, Request)), None)
