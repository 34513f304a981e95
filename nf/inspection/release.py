"""What goes on of a session's data, and when: held back, replaced, passed over, paused; and the passage that says so."""

from functools import partial
from typing import Final

from msgspec.structs import replace

from hwmodel.session import Direction
from nf.inspection.early_answers import MOST_WAITING, EarlyAnswers
from nf.inspection.held import Held
from nf.inspection.panel import Panel, Round
from nf.inspection.passage import Follower, Passage
from nf.log.records import NO_APPLICATION
from nf.protocols.conversation import Conversation
from nf.protocols.items import Body, Item
from nf.services import Block, Fault, Opinion, Page, Piece, Service

WORTHWHILE: Final = 64 << 10  # bytes of a content: passing fewer unseen gains nothing


class Release:
    """The streams of one session, and what its services let go of them."""

    _held: dict[Direction, Held]
    _panel: Panel
    _skipping: frozenset[Direction] = frozenset()  # directions of which something passes unseen
    _ending: tuple[Direction, ...] = ()  # whose senders have ended, while something of theirs is held back
    _conversation: Conversation | None = None
    _waking: float | None = None  # when somebody is to be woken, as far as has been said
    _paused: frozenset[Direction] = frozenset()
    _holds = False  # something may be held back
    _early: EarlyAnswers | None = None  # while something is
    application = NO_APPLICATION  # what is known of it so far

    @property
    def holding(self) -> bool:
        """Whether data of either direction is held back."""
        return any(self._held.values())

    @property
    def inspected(self) -> dict[str, int]:
        """Bytes that each service was shown."""
        shown = {}
        for service in self._panel.all:
            if service.tally.bytes:
                shown[service.name] = service.tally.bytes
        return shown

    def _hear(self, service: Service, opinion: Opinion, said: Round, now: float) -> None:
        """Heed an opinion, and what follows from it for the session."""
        raise NotImplementedError

    def _keep(self, piece: Piece) -> None:
        """It may have to wait, and answers to what it tells."""
        self._held[piece.direction].add(piece.data)
        self._holds = True
        self._early = self._early or EarlyAnswers()
        self._early.note(piece)

    def _passage(self, said: Round, now: float, passing: tuple[tuple[Direction, bytes], ...] = ()) -> Passage:
        """Bound what is held, let go what may go, and learn which way the session takes.

        What passes without ever having been held comes with it, where nothing else is held.
        """
        if said.replaced:
            self._replace(said)
        for service in self._panel.excessive() if self._panel.limits else ():
            self._hear(service, self._panel.give_up(service, Fault.TOO_MUCH, said), said, now)
        block, limits = said.block, self._panel.limits
        if said.route is not None:
            self.application = replace(self.application, route=said.route)
        if block is not None or said.denied:
            page = self._page(said.page if block is None else block.page)
            return Passage((), block, page, said.records, said.request, said.host, said.denied, bulletins=said.bulletins,
                           captures=said.captures, mishaps=said.mishaps,
                           tells=bool(said.bulletins or said.captures or said.mishaps))
        data, finished = passing or self._released(), self._finished() if self._ending else ()
        pause, wake = self._pause() if limits or self._paused else None, self._next_wake(now) if limits else None
        if not (said.asks or said.bulletins or said.captures or said.mishaps) and (
                said.route is None and said.dscp is None and pause is None and wake is None):
            return Passage(data, None, b"", said.records, said.request, said.host, finished=finished)
        return Passage(
            data, None, b"", said.records, said.request, said.host, asks=said.asks, bulletins=said.bulletins,
            captures=said.captures, way=None if said.route is None else said.route.instance, dscp=said.dscp, pause=pause,
            finished=finished, wake=wake, mishaps=said.mishaps, tells=True)

    def _replace(self, said: Round) -> None:
        for new in said.replaced:
            try:
                self._held[new.direction].replace(new.start, new.end, new.data)
            except ValueError as error:  # a service's bug: what it wanted changed has gone, or never came
                said.mishaps += (f"{error}\n",)
                said.block = said.block or Block(Fault.CRASH.value)

    def _released(self) -> tuple[tuple[Direction, bytes], ...]:
        found = []
        for direction, held in self._held.items():
            if held:
                data = held.release(self._limit(direction))
                if data:
                    found.append((direction, data))
        self._holds = self.holding
        if not self._holds:
            self._early = None
        return tuple(found)

    def _limit(self, direction: Direction) -> int | None:
        """The offset up to which a direction may pass, None for all that has come; the client's is asked for first."""
        limit = self._panel.limit(direction)
        if direction is Direction.C2S or self._early is None or direction in self._ending:
            return limit
        early = self._early.limit(self._held[Direction.C2S].passed)
        return early if limit is None or (early is not None and early < limit) else limit

    def _finished(self) -> tuple[Direction, ...]:
        """Directions that have ended, and now may."""
        over = tuple(direction for direction in self._ending if not self._held[direction])
        self._ending = tuple(direction for direction in self._ending if direction not in over)
        return over

    def _page(self, page: Page | None) -> bytes:
        """What the client is told, where its protocol and the moment allow it."""
        passed = self._held[Direction.S2C].passed
        for held in self._held.values():
            held.drop()
        if page is None or self._conversation is None or Direction.S2C in self._skipping:
            return b""
        return self._conversation.page(page.exchange, page.text, page.title, page.status, page.location, page.mime,
                                       passed=passed) or b""

    def _pause(self) -> frozenset[Direction] | None:
        """What is not to be read now, where that has changed."""
        paused = self._panel.paused
        if self._early is not None and self._early.waiting and self._held[Direction.S2C].size > MOST_WAITING:
            paused |= {Direction.S2C}
        if paused == self._paused:
            return None
        self._paused = paused
        return paused

    def _next_wake(self, now: float) -> float | None:
        """Seconds, where it is sooner than has been said."""
        due = self._panel.next_wake
        if due is None or (self._waking is not None and self._waking <= due):
            return None
        self._waking = due
        return max(0.0, due - now)

    def _read(self, piece: Piece) -> Piece:
        """With what the protocol's reader finds in it."""
        conversation, direction = self._conversation or Conversation(), piece.direction
        self._conversation = conversation
        conversation.bodies = any(service.bodies for service in self._panel.reading)
        items = conversation.end(direction) if piece.final else conversation.read(direction, piece.data)
        return replace(piece, items=items, protocol=conversation.protocol, boundary=conversation.boundary(direction))

    def _skip(self, direction: Direction, items: tuple[Item, ...]) -> tuple[Direction, int | Follower] | None:
        """The rest of a long content that nobody wants: it passes unseen, and costs no more than if nobody watched.

        Where it is not known where it ends, it is not unpacked, and followed to its end.
        """
        conversation = self._conversation
        if conversation is None:
            return None
        rest, last = conversation.remaining(direction), items[-1] if items else None
        is_long, is_content = rest >= WORTHWHILE, isinstance(last, Body)
        if not (is_long or is_content or conversation.follows(direction)) or not all(
                service.indifferent(direction) for service in self._panel.watching):
            return None
        if is_long:
            conversation.skip(direction, rest)
            self._held[direction].pass_over(rest)
            self._skipping |= {direction}
        elif is_content and last is not None:
            conversation.leave(last.exchange, direction)
        return direction, rest if is_long else partial(self._follow, direction)

    def _follow(self, direction: Direction, data: bytes) -> int:
        """How many bytes at the beginning of these pass unseen."""
        taken = 0 if self._conversation is None else self._conversation.follow(direction, data)
        self._held[direction].pass_over(taken)
        return taken
