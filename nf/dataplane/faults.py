"""Faults that an operator asks for, to see what becomes of sessions: what can be made to fail, read from `KIND[=VALUE]`.

Nothing here knows how; `afflicted.py` and the kernel do it. Without faults no code of theirs runs.
"""

import errno
import resource
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # the command line reads the kinds, and is to answer at once
    from hwmodel.platform import Platform

ERRORS: Final = ("ECONNREFUSED", "EHOSTUNREACH", "EADDRNOTAVAIL", "EMFILE", "ENOBUFS")
KINDS: Final[Mapping[str, tuple[str, str]]] = {  # what the value is, and what happens
    "client-error": ("BYTES", "a client's connection breaks once as many bytes have come from it"),
    "server-error": ("BYTES", "the same of a server's"),
    "packet-loss": ("PERCENT", "as much of what clients and servers send gets lost on the way here"),
    "connect-error": ("ERROR", f"connecting to servers fails: {', '.join(ERRORS)}"),
    "session-table": ("SESSIONS", "each SPU has room for as many"),
    "certificate-cache": ("CERTIFICATES", "a worker has room for as many"),
    "low-memory": ("", "memory is short"),
    "disk-full": ("BYTES", "no file grows beyond this"),
    "slow-disk": ("MILLISECONDS", "each writing of log lines takes as long"),
    "log-queue-full": ("", "the queue to syslog servers takes nothing"),
    "report-queue-full": ("N", "each Nth report of a worker finds no room at first"),
    "worker-killed": ("N", "each worker is killed as its Nth session comes"),
    "worker-hangs": ("N", "each worker is stopped as its Nth session comes"),
    "service-crash": ("", "security services fail on the first data that they are shown"),
    "engine-down": ("", "engines that services ask (clamd, ICAP servers, …) cannot be reached"),
    "engine-silent": ("", "what these engines say gets lost"),
}
EVERY_KIND: Final = "; ".join(f"{kind}{value and f'={value}'}: {what}" for kind, (value, what) in KINDS.items())
_MOST: Final = {"packet-loss": 90, "certificate-cache": 1024}
_LEAST: Final = {"client-error": 0, "server-error": 0, "certificate-cache": 0, "disk-full": 0}


class FaultError(Exception):
    """A word that names no fault; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What is to fail: the number of each kind that was asked for, 1 where it takes none."""

    of: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, words: Sequence[str]) -> "Faults":
        """From an operator's words."""
        return cls(dict(map(_read, words)))

    def __bool__(self) -> bool:
        return bool(self.of)

    @property
    def words(self) -> tuple[str, ...]:
        """What happens, a line for each."""
        return tuple(f"{kind}{f'={self._value(kind)}' if KINDS[kind][0] else ''}: {KINDS[kind][1]}" for kind in self.of)

    def _value(self, kind: str) -> str:
        return errno.errorcode[self.of[kind]] if kind == "connect-error" else str(self.of[kind])

    def of_platform(self, platform: "Platform") -> "Platform":
        """The platform with session tables as small as was asked for."""
        if (most := self.of.get("session-table")) is None:
            return platform
        return replace(platform, spus=tuple(
            replace(spu, max_sessions=min(most, spu.max_sessions)) for spu in platform.spus))

    def limit_files(self) -> None:
        """Let the kernel refuse what would make a file longer: for this process and its children."""
        if (most := self.of.get("disk-full")) is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


NONE: Final = Faults()


def _read(word: str) -> tuple[str, int]:
    kind, equals, text = word.partition("=")
    if kind not in KINDS:
        raise FaultError(f"--fault {word}: no such fault; there are: {', '.join(KINDS)}")
    value = KINDS[kind][0]
    if not value:
        if equals:
            raise FaultError(f"--fault {word}: expected {kind} without a value")
        return kind, 1
    if kind == "connect-error":
        if text not in ERRORS:
            raise FaultError(f"--fault {word}: expected one of {', '.join(ERRORS)}")
        return kind, int(getattr(errno, text))
    least, most = _LEAST.get(kind, 1), _MOST.get(kind, 1 << 40)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise FaultError(f"--fault {word}: expected {kind}={value}, a number from {least} to {most}")
    return kind, int(text)
