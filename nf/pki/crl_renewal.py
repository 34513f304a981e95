"""When the CRL of a CA profile is fetched anew, and what of an answer is taken: only what the profile's own CA has signed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from nf.pki import pem
from nf.pki.certificate import Certificate
from nf.pki.crl import RevocationList, read_list

WEEK = timedelta(days=7)  # until the next one, for a list that does not say when that comes


class UnfitCrlError(ValueError):
    """An answer that is not taken; the message says why."""


def due(own: Sequence[RevocationList], taken: datetime, interval: int | None) -> datetime | None:
    """When the next list is to be fetched; None is at once.

    own: the lists held that the profile's CA has signed, taken: since when, interval: `refresh-interval` in hours. Without
    one it is a tenth of a list's time before its end, for CAs mostly have the next one ready then.
    """
    if not own:
        return None
    if interval:
        return taken + timedelta(hours=interval)
    return min(taken + WEEK if one.ends is None else one.ends - (one.ends - one.begins) / 10 for one in own)


def own_lists(lists: Sequence[RevocationList], authorities: Sequence[Certificate]) -> list[RevocationList]:
    """Those lists that one of the CA profile's certificates has signed."""
    return [one for one in lists if _signer(one, authorities)]


def acceptable(answer: bytes, authorities: Sequence[Certificate], at: datetime) -> list[RevocationList]:
    """The lists of an answer, PEM or DER; UnfitCrlError unless each is complete, current and signed by the CA profile's CA."""
    try:
        ders = pem.blocks(answer, pem.CRL) if b"-----BEGIN" in answer else [answer]
    except ValueError as error:
        raise UnfitCrlError(str(error)) from error
    lists = [one for der in ders if (one := read_list(der)) is not None]
    if not ders or len(lists) < len(ders):
        raise UnfitCrlError("not a CRL in DER or PEM")
    for one in lists:
        fault = _fault(one, authorities, at)
        if fault:
            raise UnfitCrlError(fault)
    return lists


def merged(held: Sequence[RevocationList], new: Sequence[RevocationList]) -> list[RevocationList] | None:
    """The new lists in place of older ones of their issuers; None where one that is held is newer."""
    if any(old.issuer == one.issuer and old.begins > one.begins for one in new for old in held):
        return None
    issuers = {one.issuer for one in new}
    return [*(one for one in held if one.issuer not in issuers), *new]


def _fault(one: RevocationList, authorities: Sequence[Certificate], at: datetime) -> str:
    if one.flaw or one.gap:
        return f"CRL: {one.flaw or one.gap}"
    if not one.current(at):
        return f"CRL: it {'has ended' if one.begins <= at else 'has not begun'}"
    return "" if _signer(one, authorities) else "CRL: not signed by a certificate of the CA profile"


def _signer(one: RevocationList, authorities: Sequence[Certificate]) -> bool:
    return any(authority.subject == one.issuer and one.signed_by(authority) for authority in authorities)
