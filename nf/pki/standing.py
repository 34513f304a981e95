"""How a server that failed authentication must look to the client, so that it fails there in the same way.

A forged certificate is never better than what it stands for: a fault that names and dates show comes with them, under
our own CA; any other one is kept by the issuer, which the client then does not know.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from cryptography import x509
from cryptography.x509.oid import NameOID

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
_DEFAULT = CrlPolicy()


def standing_of(chain: Sequence[bytes], failure: AuthFailure | None, anchors: Sequence[bytes], at: datetime,
                crls: Sequence[bytes] = (), crl_policy: CrlPolicy = _DEFAULT,
                server_name: str | None = None) -> Standing:
    """How the server stands whose chain failed so; no failure is TRUSTED. DER, leaf first; at: aware.

    A wrong name and dates that have run out, or not begun, are under our own CA where nothing else is wrong: what was
    good at another time is judged at that time. A wrong name must be wrong to every client, too: of `server_name`, which
    the client asked for, the certificate then has nothing, not even where only lenient clients look.
    """
    if failure is None:
        return TRUSTED
    policy = replace(crl_policy, if_not_present="allow", online={})  # no list of another time need be there, nor an answer
    certificates = [certificate for certificate in map(read, chain[:MOST_CERTIFICATES]) if certificate is not None]
    leaf = certificates[0] if certificates else None
    if failure is AuthFailure.NAME_MISMATCH and (leaf is None or _might_match(server_name, leaf)):
        return _UNTRUSTED
    for moment, stands in _moments(failure, certificates, at):
        # No name: it is copied, so a wrong one shows by itself.
        if verify_server_chain(chain, anchors, None, moment, crls, policy).ok:
            return stands
    if leaf is not None and leaf.der == chain[0] and leaf.self_issued and leaf.signed_by(leaf):
        return Standing(Issuer.ITSELF)
    return _UNTRUSTED


def _moments(failure: AuthFailure, certificates: Sequence[Certificate], at: datetime) -> Iterator[tuple[datetime, Standing]]:
    """When the chain may have been good but for its name, and how the server stands then.

    The leaf's own date comes first: a certificate beside the path may have run out, too, and does not count.
    """
    if failure is AuthFailure.NAME_MISMATCH:
        yield at, TRUSTED
    elif failure is AuthFailure.EXPIRED:
        ends = [certificate.parsed.not_valid_after_utc for certificate in certificates]
        for end in dict.fromkeys([*ends[:1], *sorted(ends)[:1]]):
            if end < at:
                yield end, Standing(Issuer.OURS, ends=end)
    elif failure is AuthFailure.NOT_YET_VALID:
        begins = [certificate.parsed.not_valid_before_utc for certificate in certificates]
        for begin in dict.fromkeys([*begins[:1], *sorted(begins)[-1:]]):
            if begin > at:
                yield begin, Standing(Issuer.OURS, begins=begin)


def _might_match(server_name: str | None, leaf: Certificate) -> bool:
    """Whether a client could take the name: by the common name, odd wildcards, or one that we do not know of."""
    if server_name is None:
        return True
    held = [str(attribute.value) for attribute in leaf.parsed.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    alternative = leaf.extension(x509.SubjectAlternativeName)
    held += [str(name.value) for name in alternative or () if isinstance(name, x509.DNSName | x509.IPAddress)]
    wanted = server_name.lower().rstrip(".")
    return any(_covers(pattern.lower().rstrip("."), wanted) for pattern in held)


def _covers(pattern: str, name: str) -> bool:
    """As leniently as any client that is still in use: a star may stand anywhere, but for a part of one label only."""
    begins, star, ends = pattern.partition("*")
    if not star:
        return pattern == name
    between = name[len(begins):len(name) - len(ends)]
    return len(name) >= len(begins) + len(ends) and name.startswith(begins) and name.endswith(ends) and "." not in between
