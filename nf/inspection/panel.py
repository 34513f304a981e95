"""The services that still watch a session: what each holds back, for how long it may, and what all said in one round."""

import traceback
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from time import perf_counter_ns  # measures services; decides nothing
from typing import Any, Final

from msgspec import Struct

from hwmodel.session import Direction
from nf.inspection.held import Held
from nf.log.records import LogRecord, Route
from nf.services import Block, Bulletin, Capture, Fault, Opinion, Page, Replacement, Service, Verdict
from nf.services.asking import Answer, Ask

PATIENCE: Final = 30.0  # seconds that a service may hold back data without having said for how long
BOTH: Final = tuple(Direction)
_IGNORE, _PERMIT, _HOLD = Verdict.IGNORE, Verdict.PERMIT, Verdict.HOLD  # as with C2S and S2C
_RANK: Final = attrgetter("rank")
_NEITHER: Final[frozenset[Direction]] = frozenset()


class Round(Struct):
    """What services have said to one piece of plaintext, or to one answer."""

    block: Block | None = None
    denied: bool = False  # by the session's policy, now that its application is known
    page: Page | None = None  # what its client is told then
    heeded: bool = False  # somebody has said more than to go on
    request: str | None = None  # the first request line
    host: str | None = None  # that it is for
    records: tuple[LogRecord, ...] = ()
    asks: tuple[tuple[int, Ask], ...] = ()
    bulletins: tuple[Bulletin, ...] = ()
    captures: tuple[Capture, ...] = ()
    replaced: tuple[Replacement, ...] = ()
    mishaps: tuple[str, ...] = ()
    route: Route | None = None
    dscp: int | None = None


class Panel:
    """Asks services, bounds their holding, and takes note of what they say."""

    def __init__(self, services: tuple[Service, ...], held: Mapping[Direction, Held]) -> None:
        self.all = services
        self.watching: list[Service] = []  # who wants plaintext, still
        self.reading: list[Service] = []  # who wants the items of the session's protocol
        for service in services:
            if service.watches:
                self.watching.append(service)
            if service.reads:
                self.reading.append(service)
        self._held = held
        self.limits: dict[Service, dict[Direction, int]] = {}
        self._until: dict[Service, float] = {}
        self._pauses: dict[Service, tuple[Direction, ...]] = {}
        self._since: dict[Service, float] = {}  # when their holds began
        self._asked: dict[tuple[int, int], float] = {}  # when engines were last asked that owe an answer
        self.now = 0.0

    def join(self, services: tuple[Service, ...]) -> None:
        """More are on the session now."""
        self.all = tuple(sorted((*self.all, *services), key=_RANK))
        self.watching = sorted((*self.watching, *(service for service in services if service.watches)), key=_RANK)
        self.reading += [service for service in services if service.reads]

    def ask(self, service: Service, call: Callable[..., Opinion], said: Round, *about: object) -> Opinion:
        """One service's opinion; a bug in it costs its session no more than its own fallback says."""
        tally, started = service.tally, perf_counter_ns()
        try:
            opinion = call(*about)
        except Exception:  # noqa: BLE001 - reported with the round
            said.mishaps += (traceback.format_exc(),)
            opinion = self.give_up(service, Fault.CRASH, said)
            if opinion.verdict is not Verdict.BLOCK:
                self.detach(service)
        tally.nanoseconds += perf_counter_ns() - started
        return opinion

    def give_up(self, service: Service, fault: Fault, said: Round) -> Opinion:
        """What a service's configuration wants where it has come to no verdict."""
        service.tally.fault(fault.name)
        try:
            opinion = service.fall_back(fault)
        except Exception:  # noqa: BLE001 - as above
            said.mishaps += (traceback.format_exc(),)
            return Opinion(Verdict.BLOCK, block=Block(fault.value))
        return opinion if opinion.verdict is not Verdict.HOLD else Opinion(Verdict.BLOCK, block=Block(fault.value))

    def take(self, service: Service, opinion: Opinion, said: Round, now: float,
             directions: Iterable[Direction] = BOTH) -> None:
        """Heed an opinion; one that permits speaks of these directions alone."""
        verdict = opinion.verdict
        if self._pauses or opinion.pause:
            self._pauses[service] = opinion.pause if verdict is _HOLD else ()
        if verdict is _IGNORE:
            self.detach(service)
        elif verdict is _PERMIT:
            if self.limits:
                self.let_go(service, directions)
        elif verdict is _HOLD:
            self._hold(service, opinion, now, directions)
        else:
            service.tally.blocks += 1
            said.block = opinion.block or Block(f"blocked by {service.name}")
        said.heeded = True
        if said.request is None:
            said.request = opinion.request
        said.host = said.host or opinion.host
        if opinion.records:
            said.records += opinion.records
        if opinion.bulletins or opinion.captures or opinion.replaced:
            said.bulletins += opinion.bulletins
            said.captures += opinion.captures
            said.replaced += opinion.replaced
        if opinion.route is not None:
            said.route = opinion.route
        if opinion.dscp is not None:
            said.dscp = opinion.dscp
        if opinion.asks:
            self._note_asks(service, opinion.asks, said, now)

    def _note_asks(self, service: Service, asks: tuple[Ask, ...], said: Round, now: float) -> None:
        place = self.all.index(service)
        service.tally.asks += len(asks)
        said.asks += tuple((place, ask) for ask in asks)
        for ask in asks:
            if ask.over:
                self._asked.pop((place, ask.number), None)
            else:
                self._asked[place, ask.number] = now

    def answered(self, place: int, answer: Answer) -> None:
        """An engine has answered the service of that place: how long that took since it was last asked."""
        asked = self._asked.pop((place, answer.number), None)
        if asked is not None:
            self.all[place].tally.answer(answer.now - asked)

    def let_go(self, service: Service, directions: Iterable[Direction]) -> None:
        """It holds nothing back of these directions any more."""
        limits = self.limits.get(service)
        if limits is None:
            return
        self._pauses.pop(service, None)
        for direction in directions:
            limits.pop(direction, None)
        if not limits:
            self._holds_no_more(service)

    def _holds_no_more(self, service: Service) -> None:
        del self.limits[service]
        service.tally.release(self.now - self._since.pop(service))
        self._until.pop(service, None)

    def _hold(self, service: Service, opinion: Opinion, now: float, directions: Iterable[Direction]) -> None:
        if service not in self.limits:
            service.tally.holds += 1
            self._since[service] = now
        if service not in self.watching:  # it had seen enough of the bytes, but not of the application
            self.watching.append(service)
            self.reading += [service] * service.reads
        if opinion.upto is not None:
            self.limits[service] = dict(opinion.upto)
        else:
            limits = self.limits.setdefault(service, {})
            for direction in directions:
                limits.setdefault(direction, self._held[direction].passed)
        if opinion.patience is not None:
            self._until[service] = now + opinion.patience
        else:
            self._until.setdefault(service, now + PATIENCE)

    def detach(self, service: Service) -> None:
        """It wants no more bytes, and holds nothing back."""
        if service in self.watching:
            self.watching.remove(service)
        if service in self.reading:
            self.reading.remove(service)
        if service in self.limits:
            self._holds_no_more(service)
        self._pauses.pop(service, None)

    def close(self) -> None:
        """The session is over, and so are all holds."""
        for service in tuple(self.limits):
            self._holds_no_more(service)

    def standing(self) -> list[dict[str, Any]]:
        """Every service of the session: whether it still watches, and what it has done."""
        return [{"name": service.name, "state": self._state(service), **service.tally.brief()} for service in self.all]

    def _state(self, service: Service) -> str:
        if service.tally.blocks:
            return "blocked"
        if service in self.limits:
            return "holds"
        return "watches" if service in self.watching else "has seen enough"

    def excessive(self) -> list[Service]:
        """Services that hold back more than they may; what they let go of does not count, though it is still here."""
        return [service for service, limits in self.limits.items()
                if any(held.size > service.most_held < held.seen - offset
                       for direction, offset in limits.items() if (held := self._held[direction]))]

    def impatient(self, now: float) -> list[Service]:
        """Services whose time is over; each is told once."""
        over = [service for service, until in self._until.items() if until <= now]
        for service in over:
            del self._until[service]
        return over

    @property
    def paused(self) -> frozenset[Direction]:
        """Directions that are not to be read for now."""
        if not self._pauses:
            return _NEITHER
        return frozenset(direction for pauses in self._pauses.values() for direction in pauses)

    @property
    def next_wake(self) -> float | None:
        """When the first patience ends, None where nobody waits."""
        return min(self._until.values()) if self._until else None

    def limit(self, direction: Direction) -> int | None:
        """The offset up to which all of them let a direction pass, None for all that has come."""
        return min((limits[direction] for limits in self.limits.values() if direction in limits), default=None)
