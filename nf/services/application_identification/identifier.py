"""Application identification on one session: what its first bytes, its TLS and its requests tell.

In the clear a ClientHello is all that is seen of TLS; in TLS that is decrypted what is within tells more. Where a policy
or a rule set waits for the application the client's first bytes wait too; the server's greeting goes on, for many
protocols begin with it.
"""

from dataclasses import dataclass
from typing import Final

from hwmodel.session import Direction
from nf.log.records import ApplicationFacts, CloseReason, LogRecord, Volume
from nf.pki.names import dns_names
from nf.policy.unified import Known
from nf.protocols import applications
from nf.protocols.applications import HTTP, HTTP2, SSL, UNKNOWN
from nf.protocols.conversation import Conversation
from nf.protocols.first_bytes import LONGEST_REQUEST_LINE, first_request, identify
from nf.protocols.items import Item, Request
from nf.protocols.openings import opened
from nf.services import PERMIT, Bulletin, Fault, Opinion, Piece, Service, Verdict
from nf.services.application_identification.cache import Server
from nf.services.application_identification.evidence import Evidence, Fit
from nf.services.application_identification.knowledge import Knowledge
from nf.tls.client_hello import ClientHello, NeedMore, parse
from nf.tls.secured import Secured

SERVICE_NAME: Final = "application_identification"
_HANDSHAKE: Final = 0x16  # TLS's content type
_PATIENCE: Final = 2.0  # seconds that a client waits for an answer to bytes that do not tell


@dataclass(frozen=True, slots=True)
class Finding:
    """A protocol, and what is nested in it ("" where nothing is); `final` says that the first bytes tell no more."""

    carrier: str
    nested: str
    final: bool


class Identifier(Service):
    """`decides`: somebody waits for the application; `follows`: every further request may be for another one."""

    rank = 5

    def __init__(self, knowledge: Knowledge, server: Server, evidence: Evidence, *, decides: bool, follows: bool) -> None:
        self._knows, self._server, self._seen = knowledge, server, evidence
        self._decides, self.reads = decides, follows
        self._told: tuple[Finding, Known] | None = None
        self._reader: Conversation | None = None

    # what is known before any byte

    def open(self, now: float) -> Opinion:
        """What the cache knows of the server: for policies only where they may go by it."""
        options = self._knows.options
        if not options.caches or not (options.cache_for_security if self._decides else options.cache_for_others):
            return PERMIT
        entry = self._knows.cache.find(self._server, now)
        if entry is None:
            return PERMIT
        self._seen.encrypted = entry.encrypted
        found = Finding(entry.carrier, entry.nested, final=self._decides)
        return self._tell(found, now, from_cache=True)

    def hello(self, server_name: str | None) -> Known:
        """What a ClientHello tells of a session that may be decrypted."""
        seen = self._seen
        seen.encrypted = seen.greeted = True
        seen.server_name = server_name
        behind, own = applications.of_server(server_name), self._knows.custom.find(seen, "high")[0]
        return Known(self._knows.catalogue.names(SSL, *([own.name] if own else []), *([behind] if behind else [])), server_name)

    def secure(self, secured: Secured, _: float) -> Opinion:
        """Both handshakes are done."""
        seen = self._seen
        seen.encrypted = seen.greeted = True
        seen.server_name, seen.alpn, seen.chain = secured.server_name, secured.alpn, secured.chain
        return PERMIT

    # what is known by its bytes

    def inspect(self, piece: Piece) -> Opinion:
        """IGNORE once all is known, PERMIT while no more than a log waits for it; else the client's bytes are held."""
        seen = self._seen
        seen.encrypted = seen.encrypted or piece.encrypted
        if piece.final:
            return self._over(piece)
        so_far = seen.heads[piece.direction]
        if len(so_far) < self._knows.most:
            seen.heads[piece.direction] = (so_far + piece.data)[:self._knows.most]
        if self._told is not None and self._told[0].final:
            return self._followed(piece)
        found = self._find(piece, so_far)
        if found is not None and found.final:
            return self._tell(found, piece.now)
        told = PERMIT if found is None or found == (self._told and self._told[0]) else self._tell(found, piece.now)
        if not self._decides or piece.direction is Direction.S2C or self._is_patient:
            return told
        return Opinion(Verdict.HOLD, found=told.found, known=told.known, patience=_PATIENCE)

    def _over(self, piece: Piece) -> Opinion:
        """One side has ended: it tells no more."""
        if self._told is not None and self._told[0].final:
            return PERMIT if self.reads and self._seen.is_http else Opinion(Verdict.IGNORE)
        if piece.direction is Direction.S2C and not self._seen.heads[Direction.C2S] and not self._decides:
            return PERMIT
        told = self._told[0] if self._told is not None else Finding(UNKNOWN, "", final=True)
        return self._tell(Finding(self._seen.carrier or told.carrier, told.nested, final=True), piece.now)

    _is_patient = False  # the client has waited long enough

    def wake(self, now: float) -> Opinion:  # noqa: ARG002
        """What has come goes on under the policy for sessions that are not identified; what follows may still tell."""
        self._is_patient = True
        return PERMIT

    def fall_back(self, fault: Fault) -> Opinion:  # noqa: ARG002
        """It stays unknown, and whoever waits for it goes by that."""
        return self._tell(Finding(UNKNOWN, "", final=True), 0.0)

    def finish(self, application: ApplicationFacts, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:  # noqa: ARG002
        """Counted; nothing is logged."""
        self._knows.statistics.count(self._told[0] if self._told else None, self._seen.encrypted, volume)
        return ()

    def _find(self, piece: Piece, so_far: bytes) -> Finding | None:
        """None while even the protocol is unknown."""
        seen, custom = self._seen, self._knows.custom
        if seen.carrier is None:
            seen.carrier = self._carrier()
            seen.greeted = seen.greeted or seen.carrier is not None
            seen.is_http = seen.carrier in {HTTP, HTTP2}
        if seen.is_http and seen.request is None:
            seen.request = self._request(piece, so_far)
        own, fit = custom.find(seen, "high") if custom else (None, Fit.NO)
        if own is not None:
            return Finding(seen.carrier or UNKNOWN, own.name, final=True)
        if seen.carrier is None:
            return None
        nested = "" if fit is Fit.MAYBE else self._nested()
        if not nested and fit is Fit.NO and custom:
            own, fit = custom.find(seen, "low")
            nested = own.name if own is not None else ""
        waits = fit is Fit.MAYBE or (seen.is_http and seen.request is None and not self._is_over(Direction.C2S))
        return Finding(seen.carrier, nested, final=not waits)

    def _is_over(self, direction: Direction) -> bool:
        return len(self._seen.heads[direction]) >= self._knows.most

    def _carrier(self) -> str | None:
        """The protocol; None while more bytes may tell it, or another one."""
        seen = self._seen
        client, server = (seen.heads[direction] for direction in (Direction.C2S, Direction.S2C))
        if client[:1] == bytes([_HANDSHAKE]):
            hello = parse(client)
            if isinstance(hello, ClientHello):
                seen.encrypted, seen.server_name = True, hello.server_name
                return SSL
            if isinstance(hello, NeedMore) and not self._is_over(Direction.C2S):
                return None
        found, sure = opened("s", server) if server else (None, True)
        if found is not None or not (client or sure):
            return found
        if client:
            return self._by_client(client)
        return UNKNOWN if self._is_over(Direction.S2C) else None

    def _by_client(self, client: bytes) -> str | None:
        said = identify(client)
        if said is not None and said.name in _HTTP:
            return _HTTP[said.name]
        found, sure = opened("c", client)
        if found is not None:
            return found
        if not ((said is not None and sure) or self._is_over(Direction.C2S)):
            return None
        agreed = applications.of_alpn(self._seen.alpn)
        return UNKNOWN if agreed is None or agreed in _HTTP.values() else agreed

    def _request(self, piece: Piece, so_far: bytes) -> Request | None:
        """The first request, once its head is whole."""
        if self.reads or piece.items:
            return _first(piece.items)
        if self._seen.carrier == HTTP:
            return first_request(self._seen.heads[Direction.C2S])
        if self._reader is None:
            self._reader = Conversation()
            return _first(self._reader.read(Direction.C2S, so_far + piece.data))
        return _first(self._reader.read(piece.direction, piece.data))

    def _nested(self) -> str:
        """What is behind a request, or else a server's name, or else its certificate."""
        seen, request = self._seen, self._seen.request
        if request is not None:
            behind = applications.of_server(request.host, request.path) or applications.of_agent(_agent(request))
            if behind is not None:
                return behind
        return applications.of_server(seen.server_name) or self._by_certificate()

    def _by_certificate(self) -> str:
        """For clients that do not say whom they ask."""
        seen = self._seen
        if not seen.chain or seen.server_name is not None or (seen.request is not None and seen.request.host):
            return ""
        names = (name.removeprefix("*.") for name in dns_names(seen.chain[0]))
        return next((found for name in names if (found := applications.of_server(name))), "")

    # requests after the first

    def indifferent(self, direction: Direction) -> bool:  # noqa: ARG002
        """Only another request would tell more."""
        return self._told is not None and self._told[0].final

    def _followed(self, piece: Piece) -> Opinion:
        """Another request may be for another application, and then another rule."""
        request = _first(piece.items)
        if not self.reads or not self._seen.is_http:
            return Opinion(Verdict.IGNORE)
        if request is None or request is self._seen.request:
            return PERMIT
        self._seen.request = request
        found = Finding(self._seen.carrier or UNKNOWN, self._nested(), final=True)
        return PERMIT if self._told is not None and found == self._told[0] else self._tell(found, piece.now)

    # what is told

    def _tell(self, found: Finding, now: float, *, from_cache: bool = False) -> Opinion:
        seen, knows = self._seen, self._knows
        first = self._told is None or not self._told[0].final
        request = seen.request if found.final else None
        behind = applications.of_server(seen.server_name)
        names = [name for name in (found.carrier, HTTP if found.carrier == HTTP2 else "", found.nested,
                                   SSL if seen.encrypted else "", behind or "") if name]
        host = (request.host if request is not None else "") or seen.server_name
        known = Known(knows.catalogue.names(*names), host or None, found.final, request.exchange if request else None)
        self._told, self.bodies = (found, known), self.bodies and not found.final
        return Opinion(
            Verdict.PERMIT if from_cache or not found.final or (self.reads and seen.is_http) else Verdict.IGNORE,
            request=_line(request) if request is not None and first else None,
            host=(request.host or None) if request is not None and first else None,
            found=knows.catalogue.facts(found.carrier, found.nested, "Yes" if seen.encrypted else "No"), known=known,
            bulletins=() if from_cache else self._learnt(found, now))

    def _learnt(self, found: Finding, now: float) -> tuple[Bulletin, ...]:
        """What the cache does not know yet."""
        knows, options = self._knows, self._knows.options
        if not options.caches or not found.final or found.carrier == UNKNOWN or not knows.cacheable(found.nested):
            return ()
        value = f"{found.carrier} {found.nested or '-'} {'Yes' if self._seen.encrypted else 'No'}"
        if knows.cache.knows(self._server, value, now):
            return ()
        return (Bulletin(SERVICE_NAME, self._server.key, value, float(options.cache_timeout)),)


_HTTP: Final = {"HTTP": HTTP, "HTTP/2": HTTP2}
MOST: Final = LONGEST_REQUEST_LINE


def _first(items: tuple[Item, ...]) -> Request | None:
    return next((item for item in items if isinstance(item, Request)), None)


def _agent(request: Request) -> str:
    return next((value for name, value in request.headers if name == "user-agent"), "")


def _line(request: Request) -> str:
    """The request line without its query, which may hold secrets."""
    return f"{request.method} {request.target.partition('?')[0]} HTTP/{request.version}"
