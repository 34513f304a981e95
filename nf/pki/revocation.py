"""Revocation by CRL (RFC 5280 §6.3): which list speaks for a certificate, and what it says.

Only complete, direct lists count; a delta or indirect list, or one for some reasons alone, is as good as none.
An expired list still proves that what it names is revoked, but no longer that the rest is not.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import dsa

from nf.pki.certificate import UNREADABLE, Certificate
from nf.pki.path import Path
from nf.pki.rules import DIGESTS
from nf.pki.verdict import AuthFailure, CrlPolicy, Fault

HOLD = 6
_REASONS = {  # CRLReason of RFC 5280 §5.3.1, in the words of the SRX's log
    "unspecified": (0, "Unspecified"), "keyCompromise": (1, "Key Compromise"), "cACompromise": (2, "CA Compromise"),
    "affiliationChanged": (3, "Affiliation Changed"), "superseded": (4, "Superseded"),
    "cessationOfOperation": (5, "Cessation Of Operation"), "certificateHold": (HOLD, "Certificate Hold"),
    "removeFromCRL": (8, "Remove From CRL"), "privilegeWithdrawn": (9, "Privilege Withdrawn"),
    "aACompromise": (10, "AA Compromise"),
}


def read_crl(der: bytes) -> x509.CertificateRevocationList | None:
    """Read a CRL, or None where it is no well-formed one."""
    try:
        crl = x509.load_der_x509_crl(der)
        _ = crl.extensions, crl.issuer, crl.next_update_utc
    except UNREADABLE:
        return None
    return crl


def revocation_fault(path: Path, crls: Sequence[x509.CertificateRevocationList], policy: CrlPolicy, at: datetime,
                     cert_ids: Mapping[bytes, str]) -> Fault | None:
    """The first certificate below the anchor that is revoked, or that no list speaks for where the policy asks for one.

    `cert_ids` gives the anchor's CA profile, by its DER, for the log's `cert-id`; without it that is the depth.
    """
    if policy.disable:
        return None
    for depth, (certificate, issuer) in enumerate(pairwise(path)):
        lists = [crl for crl in crls if _speaks_for(crl, certificate, issuer, at)]
        for crl in lists:
            number, text = _revocation(crl, certificate)
            if number is not None and not (number == HOLD and policy.ignore_hold):
                where = cert_ids.get(path[-1].der, str(depth))
                return Fault(AuthFailure.REVOKED, depth, text="Certificate error:CRL: certificate revoked "
                             f"cert-id:{where} revocation-reason:{number}:{text}")
        if policy.if_not_present == "drop" and not any(_current(crl, at) for crl in lists):
            return Fault(AuthFailure.CRL_MISSING, depth)
    return None


def _speaks_for(crl: x509.CertificateRevocationList, certificate: Certificate, issuer: Certificate,
                at: datetime) -> bool:
    return (crl.issuer.public_bytes() == certificate.issuer and crl.last_update_utc <= at
            and _complete(crl, certificate) and _signed(crl, issuer))


def _complete(crl: x509.CertificateRevocationList, certificate: Certificate) -> bool:
    for extension in crl.extensions:
        if isinstance(extension.value, x509.DeltaCRLIndicator):
            return False
        if isinstance(extension.value, x509.IssuingDistributionPoint):
            constraints = certificate.extension(x509.BasicConstraints)
            is_ca = constraints is not None and constraints.ca
            scope = extension.value
            if (scope.indirect_crl or scope.only_some_reasons or scope.only_contains_attribute_certs
                    or (scope.only_contains_user_certs and is_ca) or (scope.only_contains_ca_certs and not is_ca)):
                return False
        elif extension.critical:
            return False
    return True


def _signed(crl: x509.CertificateRevocationList, issuer: Certificate) -> bool:
    usage = issuer.extension(x509.KeyUsage)
    if issuer.key is None or isinstance(issuer.key, dsa.DSAPublicKey) or (usage is not None and not usage.crl_sign):
        return False
    try:
        digest = crl.signature_hash_algorithm
        return digest is not None and digest.name in DIGESTS and crl.is_signature_valid(issuer.key)
    except (*UNREADABLE, InvalidSignature):
        return False


def _current(crl: x509.CertificateRevocationList, at: datetime) -> bool:
    return crl.next_update_utc is not None and at <= crl.next_update_utc


def _revocation(crl: x509.CertificateRevocationList, certificate: Certificate) -> tuple[int | None, str]:
    entry = crl.get_revoked_certificate_by_serial_number(certificate.serial)
    if entry is None:
        return None, ""
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, *UNREADABLE):
        return _REASONS["unspecified"]
    return _REASONS.get(reason.value, _REASONS["unspecified"])
