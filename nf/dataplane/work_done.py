"""What the reports of sessions say of the work that they were, in the words of the hardware model."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from msgspec import structs

from hwmodel import Work
from hwmodel.work import CIPHERS, DECRYPTED, HANDSHAKE, HANDSHAKES, RECORD, SERVICE
from nf.dataplane.messages import FULL, RESUMED, Closed, Progress
from nf.dataplane.work_kinds import UNKNOWN, cipher_kind

_HANDSHAKES: Final = tuple(HANDSHAKE + name for name in HANDSHAKES)  # by Closed.handshake
_RECORDS: Final = ("", *(RECORD + name for name in CIPHERS))  # by Closed.cipher


def work_of(ended: Iterable[Closed]) -> Work:
    """All of it, of sessions that are over."""
    packets = carried = sessions = full = resumed = decrypted = inspected = messages = 0
    kinds: dict[str, int] = {}
    for one in ended:
        packets += one.packets
        carried += one.bytes
        sessions += 1
        full += one.ssl_t == FULL
        resumed += one.ssl_t == RESUMED
        decrypted += one.decrypted_bytes
        messages += one.messages
        if one.handshake:
            kind = _HANDSHAKES[one.handshake]
            kinds[kind] = kinds.get(kind, 0) + 1
        if one.decrypted_bytes and one.messages:
            kinds[DECRYPTED] = kinds.get(DECRYPTED, 0) + one.messages
        if one.decrypted_bytes and one.cipher:
            kind = _RECORDS[one.cipher]
            kinds[kind] = kinds.get(kind, 0) + one.decrypted_bytes
        for name, amount in one.inspected.items():
            if amount:
                inspected += amount
                kinds[SERVICE + name] = kinds.get(SERVICE + name, 0) + amount
    return Work(packets, carried, sessions, full, resumed, decrypted, inspected, messages, kinds)


def work_since(before: Progress | None, progress: Progress) -> Work:
    """What a live session has done since it was last told of."""
    cipher = UNKNOWN if progress.termination is None else cipher_kind(progress.termination.cipher)
    packets, carried = progress.packets_c2s + progress.packets_s2c, progress.bytes_c2s + progress.bytes_s2c
    so_far = Closed(progress.session_id, "", "", packets, carried, progress.decrypted_bytes, cipher=cipher,
                    messages=progress.messages, inspected=progress.inspected)
    return replace(work_of([so_far if before is None else rest(so_far, before)]), sessions=0)


def rest(closed: Closed, told: Progress) -> Closed:
    """What has not been told of yet."""
    seen = told.inspected
    return structs.replace(
        closed, packets=max(0, closed.packets - told.packets_c2s - told.packets_s2c),
        bytes=max(0, closed.bytes - told.bytes_c2s - told.bytes_s2c),
        decrypted_bytes=max(0, closed.decrypted_bytes - told.decrypted_bytes), messages=max(0, closed.messages - told.messages),
        inspected={name: max(0, amount - seen.get(name, 0)) for name, amount in closed.inspected.items()})
