"""What of a session's packets an SPU sees: all, a few where network processors finish it, each fragment twice."""

import numpy as np
from numpy.typing import NDArray

from hwmodel.express_path import SPU_PACKETS, UDP_EXCLUDED, offloads
from hwmodel.platform import Platform
from hwmodel.session import TCP, UDP
from hwmodel.sessions import DECRYPTED, FRAGMENTED, INSPECTED, OFFLOADABLE, Sessions


def spu_packets(platform: Platform, sessions: Sessions, rows: slice) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Packets that SPUs see of some sessions, and which of them are offloaded.

    A fragment costs its anchor a packet as well; engines charge that to the session's own SPU.
    """
    flags, packets = sessions.flags[rows], sessions.packets[rows]
    seen = packets * (1.0 + ((flags & FRAGMENTED) > 0))
    if not offloads(platform):
        return seen, np.zeros(len(flags), np.bool_)
    protocol, port = sessions.protocol[rows], sessions.server_port[rows]
    stays = (flags & (DECRYPTED | INSPECTED | FRAGMENTED)) > 0
    stays |= (protocol == UDP) & np.isin(port, tuple(UDP_EXCLUDED))
    offloaded = ((flags & OFFLOADABLE) > 0) & ~stays & ((protocol == TCP) | (protocol == UDP))
    return np.where(offloaded, np.minimum(packets, SPU_PACKETS), seen), offloaded
