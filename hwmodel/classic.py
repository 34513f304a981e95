"""The classic central point (before Junos 15.1X49-D30): a session table of its own, smaller than its SPUs' together.

It sees the first packet of every session and is told when the session stands. SRX3400 and 3600 shared it with a flow
SPU; a large SRX5000 gave it one alone. Where its table fills, the device raises "CP/Flow session table full".
"""

from typing import Final

from hwmodel.platform import Figure, Kind, Platform, Role

_SOURCE: Final = "Junos 12.2 documentation, memory and session limit settings: SRX5600"
DEDICATED: Final = Figure(9_000_000, _SOURCE, Kind.SHEET)
COMBO: Final = Figure(2_250_000, _SOURCE, Kind.SHEET)
CLASSIC_MESSAGES: Final = 2  # of a new session: its first packet, and that it stands; each costs a packet, assumed


def classic_capacity(platform: Platform) -> int | None:
    """Sessions that a classic central point of this platform knows; None where the inventory names none."""
    roles = {spu.role for spu in platform.spus}
    if Role.CENTRAL_POINT in roles:
        return int(DEDICATED.value)
    return int(COMBO.value) if Role.COMBO in roles else None
