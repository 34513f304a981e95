"""Revocation along a path (RFC 5280 §6.3): which lists speak for a certificate, and what they say.

What any sound list names is revoked, also one that has ended, is a delta or holds some reasons alone; only a complete
and current one clears. `if-not-present` decides where an issuer has no list or none that is current; a list that is
there and unsound (another's signature, an unknown critical extension, another scope) is a fault of its own.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TypeAlias

from cryptography import x509

from nf.pki.certificate import UNREADABLE, Certificate
from nf.pki.crl import RevocationList, entry_understood, read_crl
from nf.pki.path import Path
from nf.pki.verdict import AuthFailure, CrlPolicy, Fault

HOLD, REMOVED = 6, 8
REASONS = {  # CRLReason of RFC 5280 §5.3.1, in the words of the SRX's log
    "unspecified": (0, "Unspecified"), "keyCompromise": (1, "Key Compromise"), "cACompromise": (2, "CA Compromise"),
    "affiliationChanged": (3, "Affiliation Changed"), "superseded": (4, "Superseded"),
    "cessationOfOperation": (5, "Cessation Of Operation"), "certificateHold": (HOLD, "Certificate Hold"),
    "removeFromCRL": (REMOVED, "Remove From CRL"), "privilegeWithdrawn": (9, "Privilege Withdrawn"),
    "aACompromise": (10, "AA Compromise"),
}
Twins: TypeAlias = Callable[[Certificate], Sequence[Certificate]]
__all__ = ["Revocation", "read_crl", "revocation_of", "revoked"]


def _none(_: Certificate) -> Sequence[Certificate]:
    return ()


@dataclass(frozen=True, slots=True)
class Revocation:
    """What revocation says of a path: a fault, or until when there is none (None where no list says so)."""

    fault: Fault | None = None
    until: datetime | None = None


def revocation_of(path: Path, lists: Sequence[RevocationList | None], policy: CrlPolicy, at: datetime,
                  cert_ids: Mapping[bytes, str], twins: Twins = _none, settled: Collection[int] = ()) -> Revocation:
    """The first certificate below the anchor that is revoked, or that no list speaks for where the policy asks for one.

    lists: None stands for one that cannot be read, which may be anybody's. cert_ids: the anchor's CA profile, by its DER,
    for the log's `cert-id`; without it that is the depth. twins: other certificates of an issuer, which may sign its lists.
    settled: depths at which no list need be there.
    """
    if policy.disable or path[-1].der in policy.unchecked:
        return Revocation()
    until: datetime | None = None
    for depth, (certificate, issuer) in enumerate(pairwise(path)):
        if issuer.der in policy.unchecked:
            continue
        sound, flaw = _sound(certificate, (issuer, *twins(issuer)), lists, at)
        fault = _named(sound, certificate, policy, depth, cert_ids.get(path[-1].der, str(depth)))
        ends = [one.ends for one in sound if not one.gap and one.current(at) and one.ends is not None]
        if fault is None and not ends and depth not in settled:
            fault = _absence(policy, depth, "" if policy.lenient.intersection({issuer.der, path[-1].der}) else flaw)
        if fault is not None:
            return Revocation(fault)
        until = min((moment for moment in (until, max(ends, default=None)) if moment is not None), default=None)
    return Revocation(None, until)


def _sound(certificate: Certificate, signers: Sequence[Certificate], lists: Sequence[RevocationList | None],
           at: datetime) -> tuple[list[RevocationList], str]:
    """The lists that may speak for a certificate, ended or not, and why the last of the issuer's others may not."""
    own = [one for one in lists if one is not None and one.issuer == certificate.issuer]
    sound, flaw = [], "one cannot be read" if None in lists and not own else ""
    for one in own:
        words = one.flaw or _unfit(one, certificate, signers)
        flaw = words or flaw
        if not words and one.begins <= at:
            sound.append(one)
    gaps = [one.gap for one in sound]
    return sound, "" if "" in gaps else flaw or next(iter(gaps), "")


def _unfit(one: RevocationList, certificate: Certificate, signers: Sequence[Certificate]) -> str:
    may = [signer for signer in signers if _may_sign_lists(signer)]
    if not may:
        return "its issuer may sign none"
    if not one.covers(certificate):
        return "its scope is another"
    return "" if any(one.signed_by(signer) for signer in may) else "its signature is not its issuer's"


def _may_sign_lists(signer: Certificate) -> bool:
    """Whether a certificate's keyUsage, where there is one, has cRLSign."""
    usage = signer.extension(x509.KeyUsage)
    return usage is None or usage.crl_sign


def _named(sound: Sequence[RevocationList], certificate: Certificate, policy: CrlPolicy, depth: int,
           where: str) -> Fault | None:
    for one in sound:
        entry = one.entry(certificate)
        if entry is None:
            continue
        number, text = _reason(entry)
        if one.delta and number == REMOVED:
            continue
        if not (number == HOLD and policy.ignore_hold):
            return revoked(depth, where, number, text)
    return None


def _absence(policy: CrlPolicy, depth: int, flaw: str) -> Fault | None:
    if flaw:
        return Fault(AuthFailure.CRL_UNUSABLE, depth, f"CRL: {flaw}")
    return Fault(AuthFailure.CRL_MISSING, depth) if policy.if_not_present == "drop" else None


def revoked(depth: int, where: str, number: int, text: str) -> Fault:
    """The fault of a revoked certificate, in the words of the SRX's log."""
    return Fault(AuthFailure.REVOKED, depth, text="Certificate error:CRL: certificate revoked "
                 f"cert-id:{where} revocation-reason:{number}:{text}")


def _reason(entry: x509.RevokedCertificate) -> tuple[int, str]:
    try:
        if entry_understood(entry):
            reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
            return REASONS.get(reason.value, REASONS["unspecified"])
    except (x509.ExtensionNotFound, *UNREADABLE):
        pass
    return REASONS["unspecified"]
