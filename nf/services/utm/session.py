"""UTM on one session: its features judge what passes one after the other, item by item."""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from hwmodel.session import Direction
from nf.log.records import ApplicationFacts, CloseReason, LogRecord, SessionFacts, Volume
from nf.log.utm_records import over_limit
from nf.policy.unified import Known
from nf.policy.utm import UtmPolicy
from nf.protocols.items import Anomaly, Body, Item, Response
from nf.protocols.transfers import Event, Transfers
from nf.services import IGNORE, PERMIT, Block, Fault, Opinion, Piece, Service, Verdict
from nf.services.asking import Answer
from nf.services.utm.feature import Feature, Rulings, merged
from nf.services.utm.ftp_data import DataConnection
from nf.services.utm.limits import ClientSessions, lives
from nf.services.utm.statistics import Statistics
from nf.tls.secured import Secured

SILENT: Final = 64 << 10  # bytes without any item, after which none is expected any more
_BLINDING: Final = frozenset({"smuggling"})  # what lets the server read something else than we do
_Judge: TypeAlias = Callable[[Feature, Rulings], None]


class UtmSession(Service):
    """The features of one UTM policy."""

    rank = 40
    reads = True

    def __init__(self, policy: UtmPolicy, facts: SessionFacts, features: tuple[Feature, ...], clients: ClientSessions,
                 statistics: Statistics, data: DataConnection | None = None) -> None:
        self._policy, self._facts, self._features = policy, facts, features
        self._clients, self._statistics = clients, statistics
        self._client = facts.logical_system, policy.name, facts.ends[0]
        self.most_held = max([type(self).most_held, *(feature.most_held for feature in features)])
        self.bodies = any(feature.bodies for feature in features)
        self._transfers = Transfers()
        self._data = data  # of FTP: whatever passes is a file's
        self._silent: int | None = 0  # bytes that have come without any item; None once there was one
        self._rests = False  # holds nothing back, and only items are of interest
        self._now = 0.0

    def open(self, now: float) -> Opinion:  # noqa: ARG002
        """A client may have so many sessions at a time."""
        policy, session = self._policy, self._facts.session_id
        within = self._clients.begin(self._client, session, policy.limit)
        told = () if policy.limit is None else (lives(self._client, session),)
        if within:
            return Opinion(Verdict.PERMIT, bulletins=told) if told else PERMIT
        self._statistics.count("session", "over limit")
        if policy.over_limit == "block":
            self._clients.end(self._client, session)
            return Opinion(Verdict.BLOCK, block=Block("utm: too many sessions of this client"))
        return Opinion(Verdict.PERMIT, (over_limit(self._facts, policy.name, policy.limit or 0),), bulletins=told)

    def secure(self, secured: Secured, now: float) -> Opinion:  # noqa: ARG002
        """Whom requests without a host are for."""
        for feature in self._features:
            feature.server_name = secured.server_name
        return PERMIT

    def inspect(self, piece: Piece) -> Opinion:
        """Every feature sees the bytes, as long as it wants to, then each item and what it means for files."""
        if self._data is not None:
            return self._inspect_data(piece, self._data)
        if not piece.items and self._rests:
            return PERMIT
        said = Rulings(piece.now)
        self._now = piece.now
        for feature in self._features:
            if feature.wants_raw and said.block is None:
                feature.raw(piece, said)
        if not piece.items and self._silent is not None:
            self._silent += len(piece.data)
            if self._silent > SILENT:
                return IGNORE
        for item in piece.items:
            self._silent = None
            if isinstance(item, Body):
                self._files(item, said)
            else:
                self._item(item, said)
        return self._opinion(said)

    def _inspect_data(self, piece: Piece, data: DataConnection) -> Opinion:
        """The bytes are a file's, whatever they look like."""
        said, begun = Rulings(piece.now), data.file
        self._now = piece.now
        for item in data.items(piece):
            if begun is None and data.file is not None:
                begun = data.file
                self._tell((self._transfers.alone(*begun, piece.direction, piece.start),), said)
            self._files(item, said)
        return self._opinion(said)

    def indifferent(self, direction: Direction) -> bool:
        """Nothing is held back, and no feature waits for content."""
        return self._rests and not any(feature.follows(direction) for feature in self._features)

    def identified(self, known: Known, application: ApplicationFacts, now: float) -> Opinion:  # noqa: ARG002
        """What the log is to call the application."""
        for feature in self._features:
            feature.application = application
        return self._opinion(Rulings(now))

    def answer(self, answer: Answer) -> Opinion:
        """A daemon has answered the feature that had asked."""
        self._now = answer.now
        return self._asking(lambda feature, said: feature.answer(answer, said))

    def wake(self, now: float) -> Opinion:
        """Features have something due."""
        self._now = now
        return self._asking(lambda feature, said: feature.wake(said) if (feature.due or now) <= now else None)

    def fall_back(self, fault: Fault) -> Opinion:
        """Each feature has its own; one without a word on it blocks."""
        opinion = self._asking(lambda feature, said: feature.fall_back(fault, said))
        return IGNORE if opinion.verdict is Verdict.HOLD else opinion

    def finish(self, application: ApplicationFacts, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:  # noqa: ARG002
        """One session less of this client."""
        self._clients.end(self._client, self._facts.session_id)
        return ()

    def _asking(self, judge: _Judge) -> Opinion:
        said = Rulings(self._now)
        self._all(said, judge)
        return self._opinion(said)

    def _item(self, item: Item, said: Rulings) -> None:
        self._all(said, lambda feature, said: feature.item(item, said))
        self._files(item, said)
        if isinstance(item, Anomaly) and (item.lost or item.kind in _BLINDING):
            self._all(said, lambda feature, said: feature.blind(item.text, said))
        if isinstance(item, Response) and _leads_elsewhere(item):
            for feature in self._features:
                feature.done = True

    def _files(self, item: Item, said: Rulings) -> None:
        """What an item means for files."""
        self._tell(self._transfers.follow((item,)), said)

    def _tell(self, events: Iterable[Event], said: Rulings) -> None:
        for event in events:
            for feature in self._features:
                if said.block is None and not feature.done:
                    feature.file(event, said)

    def _all(self, said: Rulings, judge: _Judge) -> None:
        """Ask the features in their order, up to the first that blocks."""
        for feature in self._features:
            if said.block is not None:
                return
            if not feature.done:
                judge(feature, said)

    def _opinion(self, said: Rulings) -> Opinion:
        if said.block is not None:
            self._statistics.count("session", "blocked")
            return Opinion(Verdict.BLOCK, said.records, block=said.block, asks=said.asks, bulletins=said.bulletins)
        held = merged(self._features)
        self._rests = False
        verdict = Verdict.HOLD if held else Verdict.PERMIT
        if not held and all(feature.done for feature in self._features):
            verdict = Verdict.IGNORE
        elif not held:
            self._rests = self._silent is None and not any(feature.wants_raw for feature in self._features)
            if not said.anything:
                return PERMIT
        due = min((each for feature in self._features if (each := feature.due) is not None), default=None)
        patience = max(0.0, due - said.now) if held and due is not None else None
        return Opinion(verdict, said.records, upto=held or None, patience=patience, asks=said.asks, replaced=said.replaced,
                       bulletins=said.bulletins)


def _leads_elsewhere(response: Response) -> bool:
    """Whether another protocol follows, in which UTM looks at nothing."""
    if response.version == "2":
        return False
    method = response.request.method if response.request else ""
    return response.status == 101 or (method == "CONNECT" and 200 <= response.status < 300)
