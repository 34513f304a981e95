"""Web filtering: each request's URL; of TLS that is not decrypted, the server's name in the ClientHello."""

from html import escape
from typing import Final

from msgspec.structs import replace

from hwmodel.session import Direction
from nf.log.records import UNKNOWN, SessionFacts
from nf.log.utm_records import url_filtered
from nf.policy.utm import Notice, WebFiltering
from nf.protocols.items import Command, Item, Reply, Request
from nf.services import Block, Fault, Page, Piece
from nf.services.utm.feature import Feature, Rulings
from nf.services.utm.pages import page
from nf.services.utm.quarantine import Quarantine
from nf.services.utm.statistics import Statistics
from nf.services.utm.url_judgement import Judgement, judge
from nf.services.utm.url_tables import UrlTables
from nf.tls.client_hello import ClientHello, NotTls, parse

_LONGEST_HELLO: Final = 64 << 10
_STRICTEST: Final = ("permit", "log-and-permit", "quarantine", "block")


class WebFilter(Feature):
    """One profile on one session."""

    def __init__(self, profile: WebFiltering, facts: SessionFacts, tables: UrlTables, quarantine: Quarantine,
                 statistics: Statistics) -> None:
        self._profile, self._facts, self._tables = profile, facts, tables
        self._quarantine, self._statistics = quarantine, statistics
        self._client = facts.ends[0]
        self._hello = b""  # the client's first bytes, until they are known to be a hello, or none
        self.wants_raw = True

    def raw(self, piece: Piece, said: Rulings) -> None:
        """A ClientHello in what passes as it came; nothing of such a session can be read but this."""
        if piece.direction is Direction.S2C:
            return
        self._hello += piece.data
        found = parse(self._hello)
        if isinstance(found, ClientHello):
            self.wants_raw, self.done = False, True
            host = found.server_name or self._facts.ends[2]
            self._carry_out(judge(self._profile, self._tables, host, None), host, None, said)
        elif isinstance(found, NotTls) or len(self._hello) > _LONGEST_HELLO:
            self.wants_raw = False

    def item(self, item: Item, said: Rulings) -> None:
        """A request; one that names several hosts is judged by the worst of them."""
        if isinstance(item, Request):
            self._decide(item, said)
        elif isinstance(item, Command | Reply):
            self.done = True

    def blind(self, why: str, said: Rulings) -> None:
        """Requests that cannot be read cannot be judged: the fallback decides."""
        self.done = True
        if self._profile.fallback == "block":
            said.block = Block(f"web filtering: {why}")

    def fall_back(self, fault: Fault, said: Rulings) -> None:
        """Nothing is held back here."""
        if fault is Fault.CRASH:
            self.blind(fault.value, said)

    def _decide(self, request: Request, said: Rulings) -> None:
        named = (request.host, *(_host(value) for name, value in request.headers if name == "host"))
        known = list(dict.fromkeys(host.rstrip(".") for host in named if host)) or [
            self.server_name or self._facts.ends[2]]
        for host in known:
            wanted = self._quarantine.confirmed(self._client, host, request.path)
            if wanted is not None:
                said.bulletins += (self._quarantine.bulletin(self._client, host),)
                said.block = Block("web filtering: confirmed", Page(request.exchange, location=wanted, status=302))
                return
        judged = {host: judge(self._profile, self._tables, host, request.path) for host in known}
        worst = max(known, key=lambda host: _STRICTEST.index(judged[host].action))
        self._carry_out(judged[worst], worst, request, said)

    def _carry_out(self, found: Judgement, host: str, request: Request | None, said: Rulings) -> None:
        self._statistics.count("web-filtering", "Total requests")
        self._statistics.count("web-filtering", found.counted)
        if found.action == "permit":
            return
        passes = found.action == "log-and-permit" or (
            found.action == "quarantine" and self._quarantine.passes(self._client, host, said.now))
        known = self.application
        if known.application == UNKNOWN:
            known = replace(known, application="HTTP" if request else "SSL")
        said.records += (url_filtered(
            self._facts, self._profile.name, known, blocked=not passes, category=found.category, reason=found.reason, url=host,
            path=request.path if request else "/", risk=found.risk),)
        if not passes:
            shown = self._page(found, host, request) if request else None
            said.block = Block(f"web filtering: {found.reason} {found.category}", shown)

    def _page(self, found: Judgement, host: str, request: Request) -> Page:
        facts = [("URL", host + request.path), ("Category", found.category), ("Reason", found.reason)]
        if found.action == "block":
            return page(request.exchange, found.notice, "Web page blocked", "Web filtering has blocked this page.", facts)
        link = escape(self._quarantine.link(self._client, host, request.path))
        return page(request.exchange, Notice(text=found.notice.text), "Web page quarantined",
                    "Web filtering advises against this page.", facts, f'<p><a href="{link}">Go on to the page</a></p>')


def _host(value: str) -> str:
    """A Host header's name without its port."""
    name = value.strip().lower()
    return name.partition("]")[0].lstrip("[") if name.startswith("[") else name.rpartition(":")[0] or name
