"""An HTTP session through inspection with this service alone, and ICAP servers as machines of bytes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hwmodel.session import Direction
from nf.inspection.inspection import Inspection
from nf.inspection.passage import Passage
from nf.log.records import LogRecord
from nf.policy.icap import FallbackOption, IcapProfile, IcapServer
from nf.services import Block, Tally
from nf.services.asking import Answer, Ask
from nf.services.icap.redirect import IcapRedirect
from nf.services.icap.standing import Standing
from tests.helpers.icap_server import Machine
from tests.services.attachments import FACTS

C2S, S2C = Direction.C2S, Direction.S2C
SERVERS = (IcapServer("one", "198.51.100.1", reqmod_uri="req", respmod_uri="resp"),
           IcapServer("two", "198.51.100.2", reqmod_uri="req", respmod_uri="resp"))


def profile(servers: int = 1, fallback: FallbackOption = FallbackOption(), **changed: bool) -> IcapProfile:  # noqa: B008
    said = {"redirect_request": True, "redirect_response": True, **changed}
    return IcapProfile("P", SERVERS[:servers], fallback=fallback, **said)


def fallback(word: str) -> FallbackOption:
    return FallbackOption(word, word, word)  # type: ignore[arg-type]


@dataclass
class Session:
    """What has passed, was logged, asked; `machines` are the servers by host, None for one that cannot be reached."""

    machines: dict[str, Callable[[], Machine] | None]
    profile: IcapProfile = field(default_factory=profile)
    standing: Standing = field(default_factory=Standing)
    cut: int = 1 << 20  # how many bytes a server says at a time
    is_deaf: bool = False  # servers hear nothing: what they are sent waits in `asks`
    now: float = 1000.0
    asks: list[Ask] = field(default_factory=list)
    records: list[LogRecord] = field(default_factory=list)
    block: Block | None = None
    page: bytes = b""
    paused: frozenset[Direction] = frozenset()
    kept: int = 0  # connections that may serve again
    mishaps: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.passed = {C2S: b"", S2C: b""}
        self._open: dict[int, Machine] = {}
        self.service = IcapRedirect(self.profile, FACTS, self.standing)
        self.service.name = "icap"
        self.service.tally = Tally()
        self.inspection = Inspection((self.service,))

    def client(self, *pieces: bytes) -> "Session":
        return self._say(C2S, pieces)

    def server(self, *pieces: bytes) -> "Session":
        return self._say(S2C, pieces)

    def end(self, direction: Direction) -> "Session":
        self._take(self.inspection.end(direction, self.now))
        return self

    def hear(self) -> None:
        """Servers hear what has been waiting, and so on until they have nothing to say."""
        self.is_deaf = False
        while self.asks:
            self._carry_out(self.asks.pop(0))

    def _say(self, direction: Direction, pieces: Iterable[bytes]) -> "Session":
        for piece in pieces:
            if self.block is None:
                self._take(self.inspection.receive(direction, piece, self.now))
        return self

    def _take(self, passage: Passage) -> None:
        for direction, data in passage.data:
            self.passed[direction] += data
        self.records += passage.records
        self.mishaps += passage.mishaps
        self.block, self.page = passage.block or self.block, passage.page or self.page
        self.paused = self.paused if passage.pause is None else passage.pause
        self.asks += [ask for _, ask in passage.asks]
        if not self.is_deaf:
            self.hear()

    def _carry_out(self, ask: Ask) -> None:
        if ask.over:
            self._open.pop(ask.number, None)
            self.kept += ask.keep
            return
        machine = self._open.get(ask.number)
        if machine is None:
            made = self.machines[ask.peer.host]
            if made is None:
                self._answer(Answer(ask.number, fault="not-ready", now=self.now))
                return
            machine = self._open[ask.number] = made()
        said = machine.read(ask.data)
        for at in range(0, len(said), self.cut):
            self._answer(Answer(ask.number, said[at:at + self.cut], now=self.now))

    def fault(self, kind: str, *, reused: bool = False) -> None:
        """Every open exchange ends so."""
        for number in {ask.number for ask in self.asks} | set(self._open):
            self._open.pop(number, None)
            self.asks = [ask for ask in self.asks if ask.number != number]
            self._answer(Answer(number, fault=kind, reused=reused, now=self.now))  # type: ignore[arg-type]

    def _answer(self, answer: Answer) -> None:
        self._take(self.inspection.answer(0, answer))

    def logged(self, name: str) -> list[str]:
        return [dict(record.fields)[name] for record in self.records]
