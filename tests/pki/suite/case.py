"""One row of the table: a chain, whom to trust, the name asked for, and the verdict that the standards give."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from nf.pki import CrlPolicy
from tests.pki.suite.workshop import HOST, NOW, Made

Sent = Made | bytes
DEFAULT = CrlPolicy()


@dataclass(frozen=True)
class Case:
    """`deviation` says why our verdict differs from the standards' on purpose; it is empty where it does not."""

    name: str
    valid: bool
    chain: tuple[bytes, ...]
    anchors: tuple[bytes, ...]
    host: str | None = HOST
    at: datetime = NOW
    crls: tuple[bytes, ...] = ()
    policy: CrlPolicy = CrlPolicy()
    deviation: str = ""


def ok(title: str, chain: Sequence[Sent] | Sent, anchors: Sequence[Sent] | Sent, host: str | None = HOST, *, at: datetime = NOW,
       crls: Iterable[bytes] = (), policy: CrlPolicy = DEFAULT, but: str = "") -> Case:
    """A chain that must be accepted."""
    return Case(title, True, _ders(chain), _ders(anchors), host, at, tuple(crls), policy, but)


def no(title: str, chain: Sequence[Sent] | Sent, anchors: Sequence[Sent] | Sent, host: str | None = HOST, *, at: datetime = NOW,
       crls: Iterable[bytes] = (), policy: CrlPolicy = DEFAULT, but: str = "") -> Case:
    """A chain that must be rejected."""
    return Case(title, False, _ders(chain), _ders(anchors), host, at, tuple(crls), policy, but)


def _ders(sent: Sequence[Sent] | Sent) -> tuple[bytes, ...]:
    if isinstance(sent, bytes | Made):
        sent = (sent,)
    return tuple(one if isinstance(one, bytes) else one.der for one in sent)
