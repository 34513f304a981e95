"""Sessions as columns: what a workload comes to, in the order of time; every engine plays the same ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from hwmodel.session import FiveTuple, IpAddress

TLS, DECRYPTED, RESUMED, INSPECTED, OFFLOADABLE, FRAGMENTED, OPENS = 1, 2, 4, 8, 16, 32, 64
PRIORITIES = ("high", "medium", "low")  # the queues of an SPU's thread, by number

_COLUMNS = {
    "at": np.float64, "life": np.float64,
    "client_low": np.uint64, "client_high": np.uint64, "server_low": np.uint64, "server_high": np.uint64, "v6": np.bool_,
    "client_port": np.uint16, "server_port": np.uint16, "protocol": np.uint8, "ingress": np.uint16,
    "packets": np.int64, "bytes": np.int64, "flags": np.uint8, "priority": np.uint8, "handshake": np.uint8,
}


@dataclass(frozen=True, slots=True, eq=False)
class Sessions:
    """Columns of one length, by time of arrival; times in seconds, packets and bytes of both directions together.

    The upper half of an address is 0 for IPv4. `flags` are this module's bits, `priority` the index of one of
    PRIORITIES, `handshake` that of one of `hwmodel.work.HANDSHAKES`, `ingress` the network processor modulo
    what a chassis has. A column that is one value throughout may have that value once in memory.
    """

    at: NDArray[np.float64]
    life: NDArray[np.float64]
    client_low: NDArray[np.uint64]
    client_high: NDArray[np.uint64]
    server_low: NDArray[np.uint64]
    server_high: NDArray[np.uint64]
    v6: NDArray[np.bool_]
    client_port: NDArray[np.uint16]
    server_port: NDArray[np.uint16]
    protocol: NDArray[np.uint8]
    ingress: NDArray[np.uint16]
    packets: NDArray[np.int64]
    bytes: NDArray[np.int64]
    flags: NDArray[np.uint8]
    priority: NDArray[np.uint8]
    handshake: NDArray[np.uint8]
    duration: float  # seconds that are watched; sessions may outlive them

    def __len__(self) -> int:
        return len(self.at)

    def flow(self, i: int) -> FiveTuple:
        """The five-tuple of one session, client first."""
        client = _address(self.client_low[i], self.client_high[i], self.v6[i])
        server = _address(self.server_low[i], self.server_high[i], self.v6[i])
        return FiveTuple(client, int(self.client_port[i]), server, int(self.server_port[i]), int(self.protocol[i]))

    def rows(self, rows: slice) -> "Sessions":
        """Some of them."""
        return replace(self, **{name: getattr(self, name)[rows] for name in _COLUMNS})

    def faster(self, factor: float) -> "Sessions":
        """The same sessions, arriving so many times as fast; how long each lives stays."""
        return replace(self, at=self.at / factor, duration=self.duration / factor)


def merged(parts: Sequence[Sessions]) -> Sessions:
    """Several loads at once, as one."""
    if len(parts) == 1:
        return parts[0]
    order = np.argsort(np.concatenate([part.at for part in parts]), kind="stable")
    columns = {name: np.concatenate([getattr(part, name) for part in parts])[order] for name in _COLUMNS}
    return Sessions(**columns, duration=max(part.duration for part in parts))


def from_columns(duration: float, **columns: ArrayLike) -> Sessions:
    """Sessions of the columns given, one value standing for all; the rest is 0. Raises KeyError without `at`."""
    columns["at"] = at = np.atleast_1d(columns["at"])
    made = {name: _column(columns.get(name, 0), len(at), kind) for name, kind in _COLUMNS.items()}
    return Sessions(**made, duration=duration)


def _column(values: ArrayLike, length: int, kind: DTypeLike) -> NDArray[Any]:
    if np.ndim(values) == 0:
        return np.broadcast_to(np.array(values, kind), length)  # takes no memory
    return np.ascontiguousarray(values, kind)


def _address(low: np.uint64, high: np.uint64, v6: np.bool_) -> IpAddress:
    return IPv6Address(int(high) << 64 | int(low)) if v6 else IPv4Address(int(low))
