"""A session under a UTM policy, written as an operator writes it, with all that it shows."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from hwmodel.session import Direction
from nf.config import load
from nf.inspection.inspection import Inspection
from nf.inspection.passage import Passage
from nf.log.records import CloseReason, LogRecord, SessionFacts
from nf.policy.policies import ApplicationServices
from nf.policy.systems import LogicalSystem, Systems
from nf.services import Attachment, Block, Bulletin, Engaged, Service, attach_all
from nf.services.asking import Answer, Ask
from nf.services.utm import Utm
from nf.tls.secured import Secured
from tests.services.attachments import FACTS, POLICY, TRUST, UNTRUST, VOLUME

C2S, S2C = Direction.C2S, Direction.S2C
UTM = "set security utm "
FEATURE, DEFAULT, CUSTOM = (f"{UTM}{word} " for word in ("feature-profile", "default-configuration", "custom-objects"))
PATTERNS = f"""{CUSTOM}url-pattern bad value [ "*.bad.test" "http://x.test/bad" ]
{CUSTOM}custom-url-category Bad value bad
{CUSTOM}url-pattern good value [ good.bad.test ]
{CUSTOM}custom-url-category Good value good
"""
ZONE = "set security zones security-zone t interfaces ge-0/0/0.0\n"


@dataclass
class Seen:
    """What a session has shown so far."""

    passed: dict[Direction, bytes] = field(default_factory=lambda: {C2S: b"", S2C: b""})
    records: list[LogRecord] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    bulletins: list[Bulletin] = field(default_factory=list)
    block: Block | None = None
    page: bytes = b""

    def asked(self) -> bytes:
        """All that was sent to daemons."""
        return b"".join(ask.data for ask in self.asks)

    def log(self) -> list[tuple[str, dict[str, str]]]:
        """The records, by name and fields."""
        return [(record.name, dict(record.fields)) for record in self.records]


class Box:
    """A worker's UTM service under a configuration whose UTM policy is called `u`."""

    def __init__(self, lines: str) -> None:
        configuration = load(ZONE + PATTERNS + lines, "t")
        self._system = replace(LogicalSystem(), services=configuration.services)
        self.utm = Utm.prepare(Systems((self._system,)))
        self._engaged = Engaged("utm", self.utm)

    def attach(self, name: str, facts: SessionFacts = FACTS) -> Service | None:
        policy = replace(POLICY, services=ApplicationServices(others=(("utm-policy", name),) if name else ()))
        return next(iter(attach_all((self._engaged,), Attachment(policy, TRUST, UNTRUST, self._system, facts))), None)

    def session(self, facts: SessionFacts = FACTS, *, encrypted: bool = True) -> "Session":
        service = self.attach("u", facts)
        assert service is not None
        return Session(service, encrypted=encrypted)


class Session:
    """Shows a session's inspection what happens, and keeps what it shows."""

    def __init__(self, service: Service, *, encrypted: bool) -> None:
        self._service, self.inspection, self.seen, self.now = service, Inspection((service,)), Seen(), 100.0
        self.inspection.mark_encrypted(encrypted)
        self._take(self.inspection.open(self.now))

    def indifferent(self, direction: Direction) -> bool:
        """Whether the service would not miss the rest of the content under way."""
        return self._service.indifferent(direction)

    def secure(self, server_name: str) -> "Session":
        """The handshakes are done, and the client has asked for this name."""
        self._take(self.inspection.secure(Secured(server_name), self.now))
        return self

    def client(self, *pieces: bytes) -> "Session":
        return self.pass_on((C2S, piece) for piece in pieces)

    def server(self, *pieces: bytes) -> "Session":
        return self.pass_on((S2C, piece) for piece in pieces)

    def pass_on(self, pieces: Iterable[tuple[Direction, bytes]]) -> "Session":
        for direction, data in pieces:
            if self.seen.block is None and data:
                self.now += 0.01
                self._take(self.inspection.receive(direction, data, self.now))
        return self

    def answer(self, data: bytes = b"", fault: str = "", number: int | None = None) -> "Session":
        """What the daemon says that was asked last."""
        asked = self.seen.asks[-1].number if number is None else number
        self._take(self.inspection.answer(0, Answer(asked, data, fault, now=self.now)))  # type: ignore[arg-type]
        return self

    def wait(self, seconds: float) -> "Session":
        self.now += seconds
        self._take(self.inspection.wake(self.now))
        return self

    def end(self, direction: Direction) -> "Session":
        self._take(self.inspection.end(direction, self.now))
        return self

    def finish(self) -> "Session":
        self.seen.records += self.inspection.finish(CloseReason.FIN, VOLUME)
        return self

    def _take(self, passage: Passage) -> None:
        assert not passage.mishaps, passage.mishaps
        seen = self.seen
        for direction, data in passage.data:
            seen.passed[direction] += data
        seen.records += passage.records
        seen.asks += [ask for _, ask in passage.asks]
        seen.bulletins += passage.bulletins
        seen.block = passage.block or seen.block
        seen.page += passage.page


def request(path: str = "/", host: str = "www.test", method: str = "GET", body: bytes = b"", **headers: str) -> bytes:
    length = {"content-length": str(len(body))} if body else {}
    lines = "".join(f"{name}: {value}\r\n" for name, value in {"host": host, **length, **headers}.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def response(body: bytes = b"", **headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in
                    {"content-length": str(len(body)), **headers}.items())
    return f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + body
