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

    def open(self, now: float) -> Opinion:  # noqa: ARG002
        """Both ends' addresses."""
        return self._addresses()

    def secure(self, secured: Secured, now: float) -> Opinion:  # noqa: ARG002
        """The name that the client asked for."""
        self._hello = None
        return self._name(secured.server_name, None) if secured.server_name else PERMIT

    def identified(self, known: Known, application: ApplicationFacts, now: float) -> Opinion:  # noqa: ARG002
        """For the log."""
        self._application = application
        return PERMIT

    def inspect(self, piece: Piece) -> Opinion:
        """Requests; the hello of TLS that is not decrypted; everything anew where feeds have changed meanwhile."""
        opinions = [self._addresses()] if self._seen_version != self._feeds.version else []
        opinions += [self._name(*_place(item, self._facts)) for item in piece.items if isinstance(item, Request)]
        if piece.direction is Direction.C2S and self._hello is not None:
            opinions.append(self._raw(piece.data))
        return self._joint(opinions, piece)

    def fall_back(self, fault: Fault) -> Opinion:  # noqa: ARG002
        """Nothing is held back here: a bug, which must not end what no feed speaks against."""
        return IGNORE

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

    def _name(self, host: str, request: Request | None) -> Opinion:
        path = "" if request is None else plain_path(request.path)
        if any(self._feeds.name(host, (WHITELIST,), path)):
            self._statistics.count(WHITELIST, "permit")
            return PERMIT
        return self._judge(self._feeds.name(host, self._of_servers, path), host, request)

    def _judge(self, hits: Iterable[Hit], host: str = "", request: Request | None = None) -> Opinion:
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
                return Opinion(Verdict.BLOCK, tuple(records), block=_block(reason, action, then, request))
        return Opinion(Verdict.PERMIT, tuple(records)) if records else PERMIT

    def _is_new(self, hit: Hit, action: str) -> bool:
        about = hit.category, hit.feed, hit.entry.text, action
        if about in self._logged:
            return False
        self._logged.add(about)
        return True


def _place(request: Request, facts: SessionFacts) -> tuple[str, Request]:
    return request.host.rstrip(".") or facts.ends[2], request


def _detail(action: str, then: Treatment) -> str:
    if action == "drop":
        return "DROP"
    if then.notice is None:
        return "CLOSE"
    return "CLOSE REDIRECT URL" if then.notice.location else "CLOSE REDIRECT MSG"


def _block(reason: str, action: str, then: Treatment, request: Request | None) -> Block:
    if action == "drop":
        return Block(reason, ending=Ending.SILENT)
    if then.notice is None or request is None:
        return Block(reason)
    if then.notice.location:
        return Block(reason, Page(request.exchange, location=then.notice.location, status=302))
    return Block(reason, Page(request.exchange, then.notice.text, "Security intelligence", mime="text/plain"))
