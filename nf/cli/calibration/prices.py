"""From readings to prices: each kind of work is what is left once cheaper work is paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hwmodel.work import HANDSHAKE, RECORD

_MICRO: Final = 1e6
_NANO: Final = 1e9


@dataclass(frozen=True, slots=True)
class Reading:
    """CPU seconds of the proxy for this work, which the proxy counted itself."""

    cpu: float
    sessions: int
    bytes: int
    decrypted: int = 0
    kinds: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """What sessions cost without TLS: microseconds a session and a small message, nanoseconds a byte.

    Packets have no price: the engine reads sockets, and what packets cost the kernel is not its processes' time.
    """

    session_us: float
    byte_ns: float
    message_us: float = 0.0  # a request of a few bytes and its answer; the model has no such work

    def seconds(self, reading: Reading) -> float:
        """Of a reading's work, without its TLS."""
        return reading.sessions * self.session_us / _MICRO + reading.bytes * self.byte_ns / _NANO


def plain(messages: Reading, count: int, bulk: Reading, sessions: Reading) -> Plain:
    """Much data prices the byte, short sessions the session; `messages` were so many."""
    byte = bulk.cpu / bulk.bytes * _NANO
    rest = sessions.cpu - Plain(0.0, byte).seconds(sessions)
    return Plain(max(0.0, rest) / sessions.sessions * _MICRO, byte, messages.cpu / count * _MICRO)


def handshake(reading: Reading, known: Plain) -> tuple[str, float]:
    """The kind that the most sessions had, as the proxy named it, and its price in microseconds."""
    kinds = {kind: count for kind, count in (reading.kinds or {}).items() if kind.startswith(HANDSHAKE)}
    name = max(kinds, key=lambda kind: kinds[kind], default="")
    return name.removeprefix(HANDSHAKE), max(0.0, reading.cpu - known.seconds(reading)) / reading.sessions * _MICRO


def record(reading: Reading, known: Plain, handshake_us: float) -> tuple[str, float]:
    """The cipher that the most bytes had, and its price in nanoseconds a byte."""
    kinds = {kind: count for kind, count in (reading.kinds or {}).items() if kind.startswith(RECORD)}
    name = max(kinds, key=lambda kind: kinds[kind], default="")
    rest = reading.cpu - known.seconds(reading) - reading.sessions * handshake_us / _MICRO
    return name.removeprefix(RECORD), max(0.0, rest) / max(1, reading.decrypted) * _NANO
