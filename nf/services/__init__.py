"""Security services: each judges the plaintext of a session; the file's name is its registration.

In: directed plaintext, what a protocol's reader found in it, and the facts of the session. Out: an Opinion (a verdict,
records to log, what was learnt, what is to be asked of a daemon). A service never sees another service, and touches no
socket, clock or file. A module or package of this room offers its service under the name SERVICE; names that begin with
an underscore are no services.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from operator import attrgetter
from pkgutil import iter_modules
from typing import Any, ClassVar, Protocol

from msgspec import Struct

from hwmodel.session import Direction
from nf.log.records import ApplicationFacts, CloseReason, LogRecord, SessionFacts, Volume
from nf.policy.policies import Policy
from nf.policy.profile import AppTracking
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.unified import Known
from nf.policy.zones import Zone
from nf.services.asking import Answer
from nf.services.opinions import (
    HOLD,
    IGNORE,
    PERMIT,
    Block,
    Bulletin,
    Capture,
    Ending,
    Fault,
    Opinion,
    Page,
    Piece,
    Replacement,
    Verdict,
)
from nf.services.tally import Tally
from nf.tls.secured import Secured

__all__ = [
    "HOLD", "IGNORE", "PERMIT", "Attachment", "Block", "Bulletin", "Capture", "Ending", "Engaged", "Fault", "Opinion", "Page",
    "Piece", "Replacement", "Scope", "Service", "ServiceError", "ServiceType", "Tally", "Verdict", "attach_all", "available",
    "concerned", "engage", "load", "notes"]


class Scope(Struct, frozen=True, gc=False):
    """The sessions of one policy between two zones: what decides, for most services, whether they are active."""

    policy: Policy
    source_zone: Zone
    destination_zone: Zone
    system: LogicalSystem

    @property
    def app_tracking(self) -> AppTracking:
        """How sessions are tracked."""
        return self.system.app_tracking

    def asked(self, statement: str) -> str | None:
        """The value of a statement in the policy's `application-services`, "" for one without; None where it is not there."""
        return next((value for word, value in self.policy.services.others if word == statement), None)

    @property
    def is_tracked(self) -> bool:
        """Whether AppTrack follows these sessions."""
        return self.app_tracking.follows(self.source_zone, self.destination_zone)


class Attachment(Scope, frozen=True, gc=False):
    """What decides whether a service is active on a session, and what it logs about it."""

    facts: SessionFacts
    now: float = 0.0


class Service:
    """One service on one session; services are subclasses."""

    rank: ClassVar[int] = 50  # services are asked in this order; the first that blocks is the reason
    watches: ClassVar[bool] = True  # wants plaintext
    guesses: ClassVar[bool] = True  # hears of the application while something better may still be known
    reads: bool = False  # wants the items of the session's protocol
    bodies: bool = True  # with `reads`: content too, without which bulk costs next to nothing; may change at any time
    rewrites: ClassVar[bool] = False  # may replace what passes: the session is then kept to HTTP/1
    next_update: float | None = None  # the session's age in seconds at which `update` is due; None: no updates are logged
    most_held: int = 96 << 10  # bytes of a direction that may be held back for it; no session is above 256 KB by itself
    name: str = ""
    tally: Tally = Tally()  # of this session
    total: Tally = Tally()  # of all sessions in this worker that are over

    def open(self, now: float) -> Opinion:  # noqa: ARG002
        """The session begins; nothing has been connected to the server yet."""
        return PERMIT

    def indifferent(self, direction: Direction) -> bool:  # noqa: ARG002
        """Whether the rest of all content that is under way in this direction need not be shown."""
        return False

    def inspect(self, piece: Piece) -> Opinion:
        """Judge the next plaintext of one direction; PERMIT ends a HOLD on this direction, IGNORE every one."""
        raise NotImplementedError

    def secure(self, secured: Secured, now: float) -> Opinion:  # noqa: ARG002
        """Both TLS handshakes of a decrypted session are done; no plaintext has been seen yet."""
        return PERMIT

    def identified(self, known: Known, application: ApplicationFacts, now: float) -> Opinion:  # noqa: ARG002
        """The application is known, or known better; the bytes that told it have not passed yet."""
        return PERMIT

    def answer(self, answer: Answer) -> Opinion:
        """An engine has answered what was asked of it; PERMIT ends a HOLD on both directions."""
        raise NotImplementedError

    def wake(self, now: float) -> Opinion:  # noqa: ARG002
        """The patience of the last HOLD is over."""
        return self.fall_back(Fault.TIMEOUT)

    def fall_back(self, fault: Fault) -> Opinion:
        """There will be no verdict: what the configuration wants then. A service without a word on it blocks."""
        return Opinion(Verdict.BLOCK, block=Block(fault.value))

    def update(self, application: ApplicationFacts, volume: Volume) -> tuple[LogRecord, ...]:  # noqa: ARG002
        """The session goes on, perhaps not as old as asked for: what is to be logged now."""
        return ()

    def finish(self, application: ApplicationFacts, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:  # noqa: ARG002
        """The session has ended: what remains to be logged."""
        return ()


class ServiceError(Exception):
    """A service cannot do what the configuration wants of it; the message says what to do."""


class ServiceType(Protocol):
    """What attaches a service to sessions; one for each worker, so it may keep what sessions share."""

    def attach(self, attachment: Attachment) -> Service | None:
        """An instance for this session, or None where the service is not active on it."""


# Beyond `attach` a module's SERVICE may offer, and is asked for none it does not:
#   asked_by                          the statements of `application-services` without one of which `attach` gives None
#   concerns(scope) -> bool           whether `attach` may give more than None; asked once for all sessions of a scope
#   prepare(systems) -> ServiceType   in place of itself, before the workers fork; raises ServiceError
#   hear(bulletin, now)               what another worker's service, or its own, has announced
#   report(word, about) -> dict       an answer for operators; numbers of several workers are added, lists joined
#   notes(systems) -> Iterable[str]   what it cannot do of files that the configuration names, a line each
#   stale() -> bool                   whether files that it was prepared from have changed: a reload prepares it again
#   refresh(now) -> None              once a second in every worker: look whether files have changed


def available() -> tuple[str, ...]:
    """The names of all services: the modules of this package that are none of its own."""
    return tuple(sorted(module.name for module in iter_modules(__path__)
                        if module.name not in _OWN and not module.name.startswith("_")))


_OWN = frozenset({"asking", "opinions", "tally"})


@dataclass(frozen=True, slots=True)
class Engaged:
    """A service as one worker has it."""

    name: str
    service: ServiceType
    tally: Tally = field(default_factory=Tally)
    asked_by: tuple[str, ...] = ()

    def offers(self, word: str) -> Callable[..., Any] | None:
        """What it offers beyond `attach`, None where it does not."""
        offered: Callable[..., Any] | None = getattr(self.service, word, None)
        return offered

    def concerns(self, scope: Scope) -> bool:
        """Whether it may be active on a session of that scope."""
        asked, concerns = {word for word, _ in scope.policy.services.others}, self.offers("concerns")
        return not (self.asked_by and asked.isdisjoint(self.asked_by)) and (concerns is None or concerns(scope))


def load(name: str) -> ServiceType:
    """The service of that name; KeyError names those that exist."""
    if name not in available():
        raise KeyError(f"no service {name!r}; there are: {', '.join(available())}")
    service: ServiceType = import_module(f"{__name__}.{name}").SERVICE
    return service


def engage(systems: Systems) -> tuple[Engaged, ...]:
    """Every service, made ready for what the configuration wants of it."""
    engaged = (Engaged(name, service, asked_by=getattr(service, "asked_by", ()))
               for name, service in ((name, load(name)) for name in available()))
    return tuple(replace(one, service=prepare(systems)) if (prepare := one.offers("prepare")) else one for one in engaged)


def notes(services: tuple[Engaged, ...], systems: Systems) -> Iterator[str]:
    """What the services cannot do of files that the configuration names, a line each."""
    for one in services:
        offered = one.offers("notes")
        yield from offered(systems) if offered is not None else ()


def concerned(services: tuple[Engaged, ...], scope: Scope) -> tuple[Engaged, ...]:
    """The services that may be active on sessions of a scope."""
    return tuple(one for one in services if one.concerns(scope))


def attach_all(services: tuple[Engaged, ...], attachment: Attachment) -> tuple[Service, ...]:
    """Those of the concerned services that are active on a session, in the order in which they are asked."""
    found = []
    for one in services:
        service = one.service.attach(attachment)
        if service is not None:
            service.name, service.tally, service.total = one.name, Tally(1), one.tally
            found.append(service)
    found.sort(key=_RANK)
    return tuple(found)


_RANK = attrgetter("rank")
