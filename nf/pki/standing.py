"""How a server that failed authentication must look to the client, so that it fails there in the same way.

A forged certificate is never better than what it stands for: a fault that names and dates show comes with them, under
our own CA; any other one is kept by the issuer, which the client then does not know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from nf.pki.certificate import Certificate, read
from nf.pki.verdict import AuthFailure, CrlPolicy
from nf.pki.verify import verify_server_chain

MOST_CERTIFICATES = 100  # of a chain looked at for dates


class Issuer(Enum):
    """Who signs the forged certificate."""

    OURS = "ours"
    ITSELF = "itself"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """Who signs, and from and until when at most, where certificates above the server's have other dates than that."""

    issuer: Issuer
    begins: datetime | None = None
    ends: datetime | None = None


TRUSTED = Standing(Issuer.OURS)
_UNTRUSTED = Standing(Issuer.UNKNOWN)


def standing_of(chain: Sequence[bytes], failure: AuthFailure | None, anchors: Sequence[bytes], at: datetime,
             crls: Sequence[bytes] = ()) -> Standing:
    """How the server stands whose chain failed so; no failure is TRUSTED. DER, leaf first; at: aware.

    A wrong name and dates that have run out, or not begun, are under our own CA where nothing else is wrong: what was
    good at another time is judged at that time.
    """
    if failure in (None, AuthFailure.NAME_MISMATCH):
        return TRUSTED
    certificates = [certificate for certificate in map(read, chain[:MOST_CERTIFICATES]) if certificate is not None]
    if failure is AuthFailure.EXPIRED:
        for moment in _ends(certificates, at):
            if _was_good(chain, anchors, moment, crls):
                return Standing(Issuer.OURS, ends=moment)
    if failure is AuthFailure.NOT_YET_VALID:
        for moment in _beginnings(certificates, at):
            if _was_good(chain, anchors, moment, crls):
                return Standing(Issuer.OURS, begins=moment)
    leaf = certificates[0] if certificates else None
    if leaf is not None and leaf.der == chain[0] and leaf.self_issued and leaf.signed_by(leaf):
        return Standing(Issuer.ITSELF)
    return _UNTRUSTED


def _ends(certificates: Sequence[Certificate], at: datetime) -> Iterator[datetime]:
    """The leaf's end alone first: certificates beside the path do not count."""
    ends = [certificate.parsed.not_valid_after_utc for certificate in certificates]
    past = [end for end in ends if end < at]
    yield from dict.fromkeys([*(ends[:1] if past and ends[0] < at else ()), *((min(past),) if past else ())])


def _beginnings(certificates: Sequence[Certificate], at: datetime) -> Iterator[datetime]:
    begins = [certificate.parsed.not_valid_before_utc for certificate in certificates]
    future = [begin for begin in begins if begin > at]
    yield from dict.fromkeys([*(begins[:1] if future and begins[0] > at else ()), *((max(future),) if future else ())])


def _was_good(chain: Sequence[bytes], anchors: Sequence[bytes], moment: datetime, crls: Sequence[bytes]) -> bool:
    # No name: it is copied, so a wrong one shows by itself. No list of another time need be there.
    return verify_server_chain(chain, anchors, None, moment, crls, CrlPolicy(if_not_present="allow")).ok
