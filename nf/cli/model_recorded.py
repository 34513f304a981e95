"""Sessions that really happened, on their way into the model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwmodel import ModelError

if TYPE_CHECKING:
    from hwmodel.sessions import Sessions

_UPPER = 1 << 64
_LONGEST = 86_400  # seconds


@dataclass(slots=True)
class Recorded:
    """One session: times in seconds since whenever; addresses as their 4 or 16 bytes, the client's first."""

    at: float
    client: bytes
    client_port: int
    server: bytes
    server_port: int
    protocol: int
    tls: bool = False
    decrypted: bool | None = None  # none: as TLS is
    last: float = 0.0
    packets: int = 0
    bytes: int = 0
    fragmented: bool = False


def columns(origin: str, recorded: Sequence[Recorded]) -> "Sessions":
    """The sessions in the order of time, the first one at 0; watched until the last one begins or ends. Raises ModelError."""
    from hwmodel.sessions import from_columns

    ordered = sorted(recorded, key=lambda entry: entry.at)
    start = ordered[0].at
    duration = max(max(entry.at, entry.last) for entry in ordered) - start + 0.001
    if duration > _LONGEST:
        raise ModelError(origin, "", f"spans {duration / _LONGEST:,.0f} days; expected one at most")
    clients = [int.from_bytes(entry.client) for entry in ordered]
    servers = [int.from_bytes(entry.server) for entry in ordered]
    return from_columns(
        duration,
        at=[entry.at - start for entry in ordered],
        life=[max(0.0, entry.last - entry.at) for entry in ordered],
        client_low=[client % _UPPER for client in clients],
        client_high=[client >> 64 for client in clients],
        server_low=[server % _UPPER for server in servers],
        server_high=[server >> 64 for server in servers],
        v6=[len(entry.client) == 16 for entry in ordered],
        client_port=[entry.client_port for entry in ordered],
        server_port=[entry.server_port for entry in ordered],
        protocol=[entry.protocol for entry in ordered],
        ingress=[client & 0xFFFF for client in clients],
        packets=[entry.packets for entry in ordered],
        bytes=[entry.bytes for entry in ordered],
        flags=[_flags(entry) for entry in ordered],
        priority=2,
    )


def _flags(entry: Recorded) -> int:
    from hwmodel.sessions import DECRYPTED, FRAGMENTED, INSPECTED, OPENS, TLS

    decrypted = entry.tls if entry.decrypted is None else entry.decrypted
    return (OPENS | TLS * entry.tls | (DECRYPTED | INSPECTED) * decrypted | FRAGMENTED * entry.fragmented
            | INSPECTED * (not entry.tls))
