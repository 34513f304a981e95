"""Security services: each judges the plaintext of a session; the file's name is its registration.

In: directed plaintext and the facts of the session. Out: an Opinion (a verdict, records to log, what was learnt).
A service never rewrites data, never sees another service, and touches no socket, clock or file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from hwmodel.session import Direction
from nf.log.records import ApplicationFacts, CloseReason, LogRecord, SessionFacts, Volume
from nf.policy.policies import Policy
from nf.policy.profile import AppTracking
from nf.policy.zones import Zone


class Verdict(IntEnum):
    """What a service thinks of a session; answers of several services combine by maximum."""

    IGNORE = 0  # has seen enough; wants no more bytes
    PERMIT = 1  # let this pass and show me more
    HOLD = 2  # keep this back until I know
    BLOCK = 3  # end the session


@dataclass(frozen=True, slots=True)
class Opinion:
    """A service's answer to some plaintext."""

    verdict: Verdict
    records: tuple[LogRecord, ...] = ()
    application: str | None = None  # the protocol's name, once known
    request: str | None = None  # the first request line, once seen
    host: str | None = None  # the host that it is for, if it names one


@dataclass(frozen=True, slots=True)
class Attachment:
    """What decides whether a service is active on a session, and what it logs about it."""

    facts: SessionFacts
    policy: Policy
    source_zone: Zone
    destination_zone: Zone
    app_tracking: AppTracking


class Service(Protocol):
    """One service on one session; services are subclasses."""

    def inspect(self, direction: Direction, data: bytes, encrypted: bool) -> Opinion:
        """Judge the next plaintext of one direction; `encrypted` tells whether it came out of TLS."""

    def next_update(self) -> float | None:
        """The session's age in seconds at which `update` is due; None, the default, where no updates are logged."""
        return None

    def update(self, application: ApplicationFacts, volume: Volume) -> tuple[LogRecord, ...]:  # noqa: ARG002
        """The session goes on, perhaps not as old as asked for: what is to be logged now."""
        return ()

    def finish(self, application: ApplicationFacts, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:
        """The session has ended: what remains to be logged."""


class ServiceType(Protocol):
    """A service's class, as its module offers it under the name SERVICE."""

    def attach(self, attachment: Attachment) -> Service | None:
        """An instance for this session, or None where the service is not active on it."""


def available() -> tuple[str, ...]:
    """The names of all services: the modules of this package."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def load(name: str) -> ServiceType:
    """The service of that name; KeyError names those that exist."""
    if name not in available():
        raise KeyError(f"no service {name!r}; there are: {', '.join(available())}")
    service: ServiceType = import_module(f"{__name__}.{name}").SERVICE
    return service


def attach_all(services: tuple[ServiceType, ...], attachment: Attachment) -> Iterator[Service]:
    """The services that are active on a session."""
    for service in services:
        attached = service.attach(attachment)
        if attached is not None:
            yield attached
