"""What each session asks of its SPU's thread: CPU time when it opens, and in every batch of its packets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwmodel.engine.offload import any_offloaded, offloaded, spu_packets
from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import Platform
from hwmodel.sessions import DECRYPTED, INSPECTED, RESUMED, Sessions
from hwmodel.work import HANDSHAKES, Work

BATCH = 64  # packets that come at once at most
_MOST_STREAMS = 1 << 14  # of one session
_CHUNK = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Columns by session: its batches come once a second from its arrival on, the first of them with the opening.

    A session with more packets a second than a batch takes has further streams, each a batch a second: `start`, `session`
    and `further` (batches) are their columns, in order of time.
    """

    opening: NDArray[np.float64]  # CPU seconds
    batch: NDArray[np.float64]  # CPU seconds of each batch
    crowded: NDArray[np.float64]  # the same where no network processor has room for its wings; empty without Express Path
    batches: NDArray[np.int32]  # of the first stream
    start: NDArray[np.float64]
    session: NDArray[np.int32]
    further: NDArray[np.int32]


def demand(platform: Platform, sessions: Sessions, settings: FlowSettings) -> Demand:
    """What a platform's threads have to do for every session."""
    size = len(sessions)
    crowded = np.empty(size if any_offloaded(platform, settings, sessions) else 0)
    made = Demand(np.empty(size), np.empty(size), crowded, np.empty(size, np.int32), *_streams(sessions))
    prices = _Prices(platform)
    for first in range(0, size, _CHUNK):
        rows = slice(first, first + _CHUNK)
        prices.charge(sessions, rows, made)
    total = np.bincount(made.session, made.further, size) if len(made.session) else 0.0
    made.batch[:] /= made.batches + total
    if len(made.crowded):
        made.crowded[:] /= made.batches + total
    return made


class _Prices:
    """CPU seconds for a unit of everything; work costs in proportion to its amounts."""

    def __init__(self, platform: Platform) -> None:
        seconds = platform.costs.seconds
        self.packet, self.byte = seconds(Work(packets=1)), seconds(Work(bytes=1))
        self.decrypted, self.inspected = seconds(Work(decrypted_bytes=1)), seconds(Work(inspected_bytes=1))
        self.session = seconds(Work(sessions=1))
        self.handshakes = np.array(
            [[platform.costs.handshake_us(name, resumed=bool(resumed)) * 1e-6 for resumed in (0, 1)] for name in HANDSHAKES]
        )

    def charge(self, sessions: Sessions, rows: slice, made: Demand) -> None:
        """Fill some rows."""
        flags, life = sessions.flags[rows], sessions.life[rows]
        decrypted = (flags & DECRYPTED) > 0
        handshakes = self.handshakes[sessions.handshake[rows], ((flags & RESUMED) > 0).astype(np.int8)]
        made.opening[rows] = self.session + np.where(decrypted, handshakes, 0.0)
        by_byte = self.byte + self.decrypted * decrypted + self.inspected * ((flags & INSPECTED) > 0)
        carried = sessions.bytes[rows] * by_byte
        away = offloaded(sessions, rows) if len(made.crowded) else None
        made.batch[rows] = spu_packets(sessions, rows, away) * self.packet + (carried if away is None else carried * ~away)
        if away is not None:
            made.crowded[rows] = spu_packets(sessions, rows) * self.packet + carried
        made.batches[rows] = np.maximum(np.ceil(life), 1)


def _streams(sessions: Sessions) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]]:
    """The further streams of sessions with many packets."""
    many = np.flatnonzero(sessions.packets > BATCH)
    life = np.maximum(sessions.life[many], 1e-6)
    streams = np.minimum(np.ceil(sessions.packets[many] / BATCH / life), _MOST_STREAMS)
    further = np.ceil(streams * np.minimum(life, 1.0)).astype(np.int64) - 1  # those that begin within its life
    session = np.repeat(many, further)
    rank = np.arange(len(session)) - np.repeat(np.cumsum(further) - further, further) + 1
    delay = rank / np.repeat(streams, further)
    start = sessions.at[session] + delay
    order = np.argsort(start, kind="stable")
    batches = np.maximum(np.ceil(sessions.life[session] - delay), 1)
    return start[order], session[order].astype(np.int32), batches[order].astype(np.int32)
