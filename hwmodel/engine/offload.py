"""What of a session's packets an SPU sees: all, a few where network processors finish it, each fragment twice."""

import numpy as np
from numpy.typing import NDArray

from hwmodel.express_path import SPU_PACKETS, UDP_EXCLUDED, offloads
from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import Platform
from hwmodel.session import TCP, UDP
from hwmodel.sessions import DECRYPTED, FRAGMENTED, INSPECTED, OFFLOADABLE, Sessions


def any_offloaded(platform: Platform, settings: FlowSettings, sessions: Sessions) -> bool:
    """Whether network processors finish sessions of this load."""
    return offloads(platform, settings) and bool((sessions.flags & OFFLOADABLE).any())


def offloaded(sessions: Sessions, rows: slice) -> NDArray[np.bool_]:
    """Which of some sessions network processors finish, if they have room for their wings."""
    flags, protocol = sessions.flags[rows], sessions.protocol[rows]
    stays = (flags & (DECRYPTED | INSPECTED | FRAGMENTED)) > 0
    stays |= (protocol == UDP) & np.isin(sessions.server_port[rows], tuple(UDP_EXCLUDED))
    away: NDArray[np.bool_] = ((flags & OFFLOADABLE) > 0) & ~stays & ((protocol == TCP) | (protocol == UDP))
    return away


def spu_packets(sessions: Sessions, rows: slice, away: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Packets that SPUs see of some sessions, of which those that are `away` are finished elsewhere.

    A fragment costs its anchor a packet as well; engines charge that to the session's own SPU.
    """
    packets = sessions.packets[rows]
    seen = packets * (1.0 + ((sessions.flags[rows] & FRAGMENTED) > 0))
    return seen if away is None else np.where(away, np.minimum(packets, SPU_PACKETS), seen)
