"""From readings to prices: each kind of work is what is left once cheaper work is paid."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from hwmodel.work import HANDSHAKE, RECORD, SERVICE, Work
from nf.cli.calibration.reading import Reading

_MICRO: Final = 1e6
_NANO: Final = 1e9


@dataclass(frozen=True, slots=True)
class Plain:
    """What sessions cost without TLS: microseconds a session and a message, nanoseconds a byte.

    Packets have no price: the engine reads sockets, and what packets cost the kernel is not its processes' time.
    """

    session_us: float
    message_us: float
    byte_ns: float
    central_point_us: float = 0.0  # a session's, beside the worker's

    def seconds(self, work: Work) -> float:
        """Of the workers, without TLS and services."""
        return (work.sessions * self.session_us + work.messages * self.message_us) / _MICRO + work.bytes * self.byte_ns / _NANO


@dataclass(frozen=True, slots=True)
class Prices:
    """All that was found: microseconds a handshake and a decrypted message, nanoseconds a byte of records and for services."""

    plain: Plain
    message_us: float = 0.0  # decrypted
    handshakes: Mapping[str, float] = field(default_factory=dict)
    records: Mapping[str, float] = field(default_factory=dict)
    services: Mapping[str, float] = field(default_factory=dict)
    alone_us: float = 0.0  # what a plain session costs more that comes alone, to an engine that sleeps before and after


def plain(messages: Reading, bulk: Reading, sessions: Reading) -> Plain:
    """Small messages price the message and much data the byte, each free of the other; short sessions the session."""
    few, much = messages.work, bulk.work
    apart = few.messages * much.bytes - much.messages * few.bytes
    message = max(0.0, messages.cpu * much.bytes - bulk.cpu * few.bytes) / apart
    byte = max(0.0, bulk.cpu - much.messages * message) / much.bytes
    known = Plain(0.0, message * _MICRO, byte * _NANO)
    count = sessions.work.sessions
    return Plain(_left(sessions, known) / count * _MICRO, known.message_us, known.byte_ns, sessions.central / count * _MICRO)


def handshake(reading: Reading, known: Plain) -> tuple[str, float]:
    """The kind that the most sessions had, as the proxy named it, and its price in microseconds."""
    return most(reading.work, HANDSHAKE), _left(reading, known) / reading.work.sessions * _MICRO


def message(messages: Reading, sessions: Reading, known: Plain) -> float:
    """Microseconds of a small message that was decrypted, from many in few sessions and few in many."""
    much, few = messages.work, sessions.work
    cpu, other = (reading.cpu - reading.work.bytes * known.byte_ns / _NANO for reading in (messages, sessions))
    apart = much.messages * few.sessions - few.messages * much.sessions
    return max(0.0, cpu * few.sessions - other * much.sessions) / apart * _MICRO


def record(reading: Reading, known: Plain, handshake_us: float) -> tuple[str, float]:
    """The cipher that the most bytes had, and its price in nanoseconds a byte."""
    return most(reading.work, RECORD), _left(reading, known, handshake_us) / max(1, reading.work.decrypted_bytes) * _NANO


def service(name: str, reading: Reading, without: Reading) -> float:
    """Nanoseconds a byte that a service was shown, beside the same load without it."""
    more = reading.cpu - without.cpu / without.work.messages * reading.work.messages
    return max(0.0, more) / max(1, reading.work.kinds.get(SERVICE + name, 0)) * _NANO


def middle(rounds: list[Prices]) -> Prices:
    """The median of every price."""
    def of(name: str) -> dict[str, float]:
        tables: list[Mapping[str, float]] = [getattr(prices, name) for prices in rounds]
        return {key: median(table[key] for table in tables if key in table) for table in tables for key in table}

    basis = {name: median(getattr(prices.plain, name) for prices in rounds) for name in Plain.__slots__}
    message_us, alone_us = (median(getattr(prices, name) for prices in rounds) for name in ("message_us", "alone_us"))
    return Prices(Plain(**basis), message_us, of("handshakes"), of("records"), of("services"), alone_us)


def most(work: Work, prefix: str) -> str:
    """Of kinds that begin so the one that there was the most of; empty where there was none."""
    amounts = {kind: amount for kind, amount in work.kinds.items() if kind.startswith(prefix)}
    return max(amounts, key=lambda kind: amounts[kind], default="").removeprefix(prefix)


def _left(reading: Reading, known: Plain, handshake_us: float = 0.0) -> float:
    """CPU seconds that cheaper work does not explain."""
    return max(0.0, reading.cpu - known.seconds(reading.work) - reading.work.sessions * handshake_us / _MICRO)
