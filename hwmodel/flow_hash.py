"""A flow's hash: 64 bits, the same for both directions, the same number for one flow and for columns of them.

The hash that a device computes is not published; this one is ours. Each end (address, port) is mixed on its own by the
finisher of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014), the ends are added,
and the sum is mixed with the protocol once more. The upper half chooses among SPUs, the lower half among an SPU's threads.
"""

from functools import lru_cache
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any

from hwmodel.session import FiveTuple

if TYPE_CHECKING:
    import numpy as np

    from hwmodel.sessions import Sessions

_64_BITS = 0xFFFF_FFFF_FFFF_FFFF
_32_BITS = 0xFFFF_FFFF
_GAMMA = 0x9E37_79B9_7F4A_7C15
_FIRST, _SECOND = 0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB
_CHUNK = 1 << 14  # rows at a time: what they need stays in the processor's cache


def flow_hash(flow: FiveTuple) -> int:
    """A 64-bit hash that is the same for both directions of a flow."""
    v6 = isinstance(flow.src, IPv6Address)
    client, server = _end(int(flow.src), flow.sport, v6), _server(int(flow.dst), flow.dport, v6)
    return mix(client + server + flow.proto * _GAMMA & _64_BITS)


def flow_hashes(sessions: "Sessions") -> "np.ndarray[Any, np.dtype[np.uint64]]":
    """`flow_hash` of every row."""
    import numpy as np

    keys = np.empty(len(sessions), np.uint64)
    for start in range(0, len(keys), _CHUNK):
        rows = slice(start, start + _CHUNK)
        v6 = sessions.v6[rows]
        keys[rows] = _ends(sessions.client_low[rows], sessions.client_high[rows], sessions.client_port[rows], v6)
        keys[rows] += _ends(sessions.server_low[rows], sessions.server_high[rows], sessions.server_port[rows], v6)
        keys[rows] += sessions.protocol[rows].astype(np.uint64) * np.uint64(_GAMMA)
        mix_all(keys[rows])
    return keys


def thread_of(key: int, threads: int) -> int:
    """The thread, from 0, that a flow of that hash has on an SPU of so many; the lower half of the hash decides."""
    return (key & _32_BITS) * threads >> 32


def index_of(key: int, entries: int) -> int:
    """The index, from 0, of a flow of that hash in a table of so many entries; the upper half of the hash decides."""
    return (key >> 32) * entries >> 32


def indices_of(keys: Any, entries: int) -> Any:
    """`index_of` every hash of an array."""
    import numpy as np

    return (keys >> np.uint64(32)) * np.uint64(entries) >> np.uint64(32)


def _end(address: int, port: int, v6: bool) -> int:
    key = 0
    for part in ((address >> 64) + (port << 1 | v6) * _GAMMA, address):  # `mix`, twice
        key = key + part & _64_BITS
        key = (key ^ key >> 30) * _FIRST & _64_BITS
        key = (key ^ key >> 27) * _SECOND & _64_BITS
        key ^= key >> 31
    return key


_server = lru_cache(4096)(_end)  # of clients every connection has another port


def mix(value: int) -> int:
    value = (value ^ value >> 30) * _FIRST & _64_BITS
    value = (value ^ value >> 27) * _SECOND & _64_BITS
    return value ^ value >> 31


def _ends(low: Any, high: Any, port: Any, v6: Any) -> Any:
    import numpy as np

    inner = port.astype(np.uint64)
    inner <<= np.uint64(1)
    inner |= v6
    inner *= np.uint64(_GAMMA)
    inner += high
    mix_all(inner)
    inner += low
    mix_all(inner)
    return inner


def mix_all(values: Any) -> None:
    import numpy as np

    values ^= values >> np.uint64(30)
    values *= np.uint64(_FIRST)
    values ^= values >> np.uint64(27)
    values *= np.uint64(_SECOND)
    values ^= values >> np.uint64(31)
