"""Toeplitz: receive-side scaling as network cards do it, by the symmetric key and an indirection table of 128 entries.

Ours, for comparison: what the threads behind a card's queues would get. The hash is Microsoft's (RSS), the key that of
Woo and Park (Scalable TCP session monitoring with symmetric receive-side scaling, 2012), 0x6d5a repeated, which makes both
directions equal. It also leaves of all addresses and ports only the XOR of their 16-bit words: flows whose
addresses and ports count up together collide, and every /16 looks the same.

>>> from ipaddress import IPv4Address
>>> cards = Toeplitz(WeightTable({0: 1, 1: 1}, frozenset({0, 1}), 4096, lambda spu: 0))
>>> flow = FiveTuple(IPv4Address("10.0.0.1"), 1024, IPv4Address("198.18.0.1"), 443)
>>> cards.choose(flow) == cards.choose(flow.reversed())
True
>>> hex(toeplitz(0x0001)), hex(toeplitz(0x8000))
('0x36ad36ad', '0x6d5a6d5a')
"""

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from hwmodel.distribution import Chooser, WeightTable
from hwmodel.distribution._table import looked_up, shares
from hwmodel.session import FiveTuple, SpuId

if TYPE_CHECKING:
    import numpy as np

    from hwmodel.distribution import Keys, Spus
    from hwmodel.sessions import Sessions

_KEY = 0x6D5A_6D5A_6D5A  # as much of it as windows of 32 bits over 16 positions see
_ENTRIES = 128


def toeplitz(word: int) -> int:
    """The 32-bit hash of the XOR of all input words, which is that of the input: the key repeats every 16 bits."""
    result = 0
    for place in range(16):
        if word >> 15 - place & 1:
            result ^= _KEY >> 16 - place & 0xFFFF_FFFF
    return result


@cache
def _all_words() -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """The index of every word."""
    import numpy as np

    return np.array([toeplitz(word) % _ENTRIES for word in range(1 << 16)], np.uint8)


class Toeplitz:
    """The indirection table: the lowest bits of the hash are the index."""

    __slots__ = ("table",)
    chooser: ClassVar[Chooser] = Chooser.NETWORK_PROCESSOR

    def __init__(self, facts: WeightTable) -> None:
        self.table = shares(facts, _ENTRIES)

    def choose(self, flow: FiveTuple, ingress: int = 0) -> SpuId:  # noqa: ARG002  # every card has the same table
        """The SPU at the index that the hash's lowest bits are."""
        both = int(flow.src) ^ int(flow.dst)
        word = flow.sport ^ flow.dport
        while both:
            word ^= both & 0xFFFF
            both >>= 16
        return self.table[toeplitz(word) % _ENTRIES]

    def choose_many(self, sessions: "Sessions", keys: "Keys") -> "Spus":  # noqa: ARG002  # it has a hash of its own
        """What `choose` says of every session."""
        import numpy as np

        folded = sessions.client_low ^ sessions.client_high ^ sessions.server_low ^ sessions.server_high
        folded ^= folded >> np.uint64(32)
        folded ^= folded >> np.uint64(16)
        words = folded.astype(np.uint16) ^ sessions.client_port ^ sessions.server_port
        return looked_up(self.table, _all_words()[words])


DISTRIBUTION = Toeplitz
