"""Security intelligence on one session: its addresses at the beginning, then each name and URL as it becomes known."""

from collections.abc import Iterable
from typing import Final

from hwmodel.session import Direction
from nf.log.records import NO_APPLICATION, ApplicationFacts, LogRecord, SessionFacts
from nf.log.secintel_records import action_record
from nf.policy.security_intelligence import BLACKLIST, INFECTED, WHITELIST, SecIntelPolicy, Treatment
from nf.policy.unified import Known
from nf.policy.url_patterns import plain_path
from nf.protocols.items import Request
from nf.services import IGNORE, PERMIT, Block, Ending, Fault, Opinion, Page, Piece, Service, Verdict
from nf.services.security_intelligence.feeds import Feeds, Hit
from nf.services.security_intelligence.statistics import Statistics
from nf.tls.client_hello import ClientHello, NotTls, parse
from nf.tls.secured import Secured

_LONGEST_HELLO: Final = 64 << 10
PATIENCE: Final = 5.0  # seconds that a client who is to read why its session ends has for its request
SILENT: Final = 64 << 10  # bytes without a request, after which none is expected any more
_BLACKLISTED: Final = Treatment("drop", log=True)
_SERVERS: Final = ("CC", "GeoIP", "IPFilter", BLACKLIST)  # categories of those whom clients talk to
_CLIENTS: Final = (INFECTED, "GeoIP", "IPFilter", BLACKLIST)


class SecIntelSession(Service):
    """A policy on a session; Whitelist wins over every other feed."""

    rank = 20
    reads = True
    bodies = False

    def __init__(self, policy: SecIntelPolicy, facts: SessionFacts, feeds: Feeds, statistics: Statistics) -> None:
        self._policy, self._facts, self._feeds, self._statistics = policy, facts, feeds, statistics
        asked = {*policy.profiles, BLACKLIST}
        self._of_servers, self._of_clients = asked.intersection(_SERVERS), asked.intersection(_CLIENTS)
        self._application = NO_APPLICATION
        self._seen_version = -1  # of the feeds, when the addresses were last looked up
        self._hello: bytes | None = b""  # the client's first bytes, until they are known to be a hello, or none
        self._silent: int | None = 0  # bytes that have come without any request; None once there was one
        self._logged: set[tuple[str, ...]] = set()
        self._server = facts.ends[2]  # whom requests without a host are for
        self._ending: tuple[str, Treatment] | None = None  # why the session ends as soon as there is a request to answer
        self._until = 0.0

    def open(self, now: float) -> Opinion:  # noqa: ARG002
        """Both ends' addresses."""
        return self._addresses()

    def secure(self, secured: Secured, now: float) -> Opinion:
        """The name that the client asked for; a page can be shown once there is a request, so nothing passes until then."""
        self._hello, self._until = None, now + PATIENCE
        self._server = secured.server_name or self._server
        return self._name(secured.server_name, None, waits=True) if secured.server_name else PERMIT

    def identified(self, known: Known, application: ApplicationFacts, now: float) -> Opinion:  # noqa: ARG002
        """For the log."""
        self._application = application
        return PERMIT

    def inspect(self, piece: Piece) -> Opinion:
        """Requests; the hello of TLS that is not decrypted; everything anew where feeds have changed meanwhile."""
        if self._ending is not None:
            return self._last_word(piece)
        opinions = [self._addresses()] if self._seen_version != self._feeds.version else []
        requests = (item for item in piece.items if isinstance(item, Request))
        opinions += [self._name(request.host.rstrip(".") or self._server, request) for request in requests]
        if piece.direction is Direction.C2S and self._hello is not None:
            opinions.append(self._raw(piece.data))
        return self._joint(opinions, piece)

    def fall_back(self, fault: Fault) -> Opinion:  # noqa: ARG002
        """What is held back is so since the session is to end; else this is a bug, which must not end the session."""
        return IGNORE if self._ending is None else Opinion(Verdict.BLOCK, block=_block(*self._ending, None))

    def _last_word(self, piece: Piece) -> Opinion:
        assert self._ending is not None  # noqa: S101 - or nobody asks
        request = next((item for item in piece.items if isinstance(item, Request)), None)
        if request is None and piece.now < self._until and not piece.final:
            return Opinion(Verdict.HOLD, patience=self._until - piece.now)
        return Opinion(Verdict.BLOCK, block=_block(*self._ending, request))

    def _joint(self, opinions: list[Opinion], piece: Piece) -> Opinion:
        records: tuple[LogRecord, ...] = ()
        for opinion in opinions:
            records += opinion.records
            if opinion.verdict is Verdict.BLOCK:
                return Opinion(Verdict.BLOCK, records, block=opinion.block)
        if any(isinstance(item, Request) for item in piece.items):
            self._silent = None
        elif self._silent is not None:
            self._silent += len(piece.data)
        over = IGNORE in opinions or (self._silent or 0) > SILENT
        return Opinion(Verdict.IGNORE if over else Verdict.PERMIT, records)

    def _raw(self, data: bytes) -> Opinion:
        """TLS that passes as it came shows nothing but this."""
        self._hello = (self._hello or b"") + data
        found = parse(self._hello)
        if isinstance(found, ClientHello):
            self._hello = None
            opinion = self._name(found.server_name, None) if found.server_name else PERMIT
            return opinion if opinion.verdict is Verdict.BLOCK or opinion.records else IGNORE
        if isinstance(found, NotTls) or len(self._hello) > _LONGEST_HELLO:
            self._hello = None
        return PERMIT

    def _addresses(self) -> Opinion:
        self._seen_version = self._feeds.version
        client, server = self._facts.five_tuple.src, self._facts.five_tuple.dst
        if any(self._feeds.address(server, (WHITELIST,))) or any(self._feeds.address(client, (WHITELIST,))):
            self._statistics.count(WHITELIST, "permit")
            return IGNORE
        return self._judge([*self._feeds.address(server, self._of_servers), *self._feeds.address(client, self._of_clients)])

    def _name(self, host: str, request: Request | None, *, waits: bool = False) -> Opinion:
        path = "" if request is None else plain_path(request.path)
        if any(self._feeds.name(host, (WHITELIST,), path)):
            self._statistics.count(WHITELIST, "permit")
            return PERMIT
        return self._judge(self._feeds.name(host, self._of_servers, path), host, request, waits=waits)

    def _judge(self, hits: Iterable[Hit], host: str = "", request: Request | None = None, *, waits: bool = False) -> Opinion:
        """What the feeds' entries come to, that of the highest threat level first."""
        records: list[LogRecord] = []
        for hit in sorted(hits, key=lambda one: -one.entry.level):
            profile = self._policy.profiles.get(hit.category)
            then = _BLACKLISTED if profile is None else profile.treatment(hit.feed, hit.entry.level)
            action = then.at(hit.entry.level)
            self._statistics.count(hit.category, action)
            detail = "" if action == "permit" else _detail(action, then)
            if then.log and self._is_new(hit, action):
                records.append(action_record(
                    self._facts, self._application, category=hit.category, detail=detail, host=host, level=hit.entry.level,
                    feed=hit.feed, policy=self._policy.name, profile=profile.name if profile else hit.category))
            if detail:
                reason = f"security intelligence: {hit.category} {hit.feed} {hit.entry.text}"
                if waits and then.notice is not None:
                    self._ending = reason, then
                    return Opinion(Verdict.HOLD, tuple(records), patience=PATIENCE)
                return Opinion(Verdict.BLOCK, tuple(records), block=_block(reason, then, request, action))
        return Opinion(Verdict.PERMIT, tuple(records)) if records else PERMIT

    def _is_new(self, hit: Hit, action: str) -> bool:
        about = hit.category, hit.feed, hit.entry.text, action
        if about in self._logged:
            return False
        self._logged.add(about)
        return True


def _detail(action: str, then: Treatment) -> str:
    if action == "drop":
        return "DROP"
    if then.notice is None:
        return "CLOSE"
    return "CLOSE REDIRECT URL" if then.notice.location else "CLOSE REDIRECT MSG"


def _block(reason: str, then: Treatment, request: Request | None, action: str = "close") -> Block:
    if action == "drop":
        return Block(reason, ending=Ending.SILENT)
    if then.notice is None or request is None:
        return Block(reason)
    if then.notice.location:
        return Block(reason, Page(request.exchange, location=then.notice.location, status=302))
    return Block(reason, Page(request.exchange, then.notice.text, "Security intelligence", mime="text/plain"))
