"""Application identification on one session: what its first bytes, its TLS and its requests tell.

In the clear a ClientHello is all that is seen of TLS; in TLS that is decrypted what is within tells more. Where a policy
or a rule set waits for the application the client's first bytes wait too; the server's greeting goes on, for many
protocols begin with it.
"""

from functools import lru_cache
from typing import Final

from hwmodel.session import C2S, S2C, Direction
from nf.log.records import ApplicationFacts, CloseReason, LogRecord, SessionFacts, Volume
from nf.policy.unified import Known
from nf.protocols import applications
from nf.protocols.applications import HTTP, HTTP2, SSL, UNKNOWN
from nf.services import PERMIT, Bulletin, Fault, Opinion, Piece, Service, Verdict
from nf.services.application_identification.catalogue import Catalogue
from nf.services.application_identification.evidence import Evidence
from nf.services.application_identification.knowledge import Knowledge
from nf.services.application_identification.search import Finding, Search, first_of
from nf.tls.secured import Secured

SERVICE_NAME: Final = "application_identification"
_PATIENCE: Final = 2.0  # seconds that a client waits for an answer to bytes that do not tell


class Identifier(Search, Service):
    """`decides`: somebody waits for the application; `follows`: every further request may be for another one."""

    rank = 5

    def __init__(self, knowledge: Knowledge, facts: SessionFacts, *, decides: bool, follows: bool) -> None:
        self._knows, self._server = knowledge, f"{facts.logical_system} {facts.ends[2]} {facts.ends[3]}"
        self._seen = Evidence(facts.five_tuple, knowledge.options.byte_limit, {C2S: b"", S2C: b""})
        self._decides, self.reads = decides, follows
        self._told: Finding | None = None

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
        found, opinion = _remembered(self._knows.catalogue, entry.carrier, entry.nested, entry.encrypted, self._decides)
        self._told, self.bodies = found, self.bodies and not found.final
        return opinion

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
        if self._told is not None and self._told.final:
            return self._followed(piece)
        found = self._find(piece, so_far)
        if found is not None and found.final:
            return self._tell(found, piece.now)
        told = PERMIT if found is None or found == self._told else self._tell(found, piece.now)
        if not self._decides or piece.direction is S2C or self._is_patient:
            return told
        return Opinion(Verdict.HOLD, found=told.found, known=told.known, patience=_PATIENCE)

    def _over(self, piece: Piece) -> Opinion:
        """One side has ended: it tells no more."""
        if self._told is not None and self._told.final:
            return PERMIT if self.reads and self._seen.is_http else Opinion(Verdict.IGNORE)
        if piece.direction is S2C and not self._seen.heads[C2S] and not self._decides:
            return PERMIT
        told = self._told if self._told is not None else Finding(UNKNOWN, "", final=True)
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
        self._knows.statistics.count(self._told, self._seen.encrypted, volume)
        return ()

    # requests after the first

    def indifferent(self, direction: Direction) -> bool:  # noqa: ARG002
        """Only another request would tell more."""
        return self._told is not None and self._told.final

    def _followed(self, piece: Piece) -> Opinion:
        """Another request may be for another application, and then another rule."""
        request = first_of(piece.items)
        if not self.reads or not self._seen.is_http:
            return Opinion(Verdict.IGNORE)
        if request is None or request is self._seen.request:
            return PERMIT
        self._seen.request = request
        found = Finding(self._seen.carrier or UNKNOWN, self._nested(), final=True)
        return PERMIT if found == self._told else self._tell(found, piece.now)

    # what is told

    def _tell(self, found: Finding, now: float) -> Opinion:
        seen, knows = self._seen, self._knows
        first = self._told is None or not self._told.final
        request = seen.request if found.final else None
        behind = applications.of_server(seen.server_name)
        names = knows.catalogue.names(found.carrier, HTTP if found.carrier == HTTP2 else "", found.nested,
                                      SSL if seen.encrypted else "", behind or "")
        host = (request.host if request is not None else "") or seen.server_name
        known = Known(names, host or None, found.final, request.exchange if request else None)
        self._told, self.bodies = found, self.bodies and not found.final
        line = asked = None
        if request is not None and first:
            line, asked = f"{request.method} {request.target.partition('?')[0]} HTTP/{request.version}", request.host or None
        return Opinion(
            Verdict.PERMIT if not found.final or (self.reads and seen.is_http) else Verdict.IGNORE, request=line, host=asked,
            found=knows.catalogue.facts(found.carrier, found.nested, "Yes" if seen.encrypted else "No"), known=known,
            bulletins=self._learnt(found, now))

    def _learnt(self, found: Finding, now: float) -> tuple[Bulletin, ...]:
        """What the cache does not know yet."""
        knows, options = self._knows, self._knows.options
        if not options.caches or not found.final or found.carrier == UNKNOWN or found.nested in knows.uncacheable:
            return ()
        value = f"{found.carrier} {found.nested or '-'} {'Yes' if self._seen.encrypted else 'No'}"
        entry = knows.cache.entries.get(self._server)
        if entry is not None and entry.value == value and entry.until > now:
            return ()
        return (Bulletin(SERVICE_NAME, self._server, value, float(options.cache_timeout)),)


@lru_cache(1024)
def _remembered(catalogue: Catalogue, carrier: str, nested: str, encrypted: bool, final: bool) -> tuple[Finding, Opinion]:
    """What the cache's word on a server means for a session with it, and what is told of that."""
    names = catalogue.names(carrier, HTTP if carrier == HTTP2 else "", nested, SSL if encrypted else "", "")
    return Finding(carrier, nested, final), Opinion(
        Verdict.PERMIT, found=catalogue.facts(carrier, nested, "Yes" if encrypted else "No"), known=Known(names, final=final))
