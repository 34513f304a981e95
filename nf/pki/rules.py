"""Our own rules for each certificate of a path, the same whatever the cipher preset: form, dates, key, digest, role.

They hold besides what OpenSSL and the second verifier ask for: OpenSSL takes version 1, SHA-1 and 1024-bit keys where
its security level is low, and a CA certificate as a leaf. What RFC 5280 §6 leaves to the caller is decided here.
"""

from dataclasses import replace
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from nf.pki.certificate import Certificate
from nf.pki.form import form_fault, leaf_form_fault
from nf.pki.keys import digest_fault, key_fault
from nf.pki.verdict import AuthFailure, Fault

SERVER_PURPOSES = frozenset({ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})
_PRECERTIFICATE = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.4.4")
# Who may speak for others must not be a server as well: RFC 6960 §4.2.2.2, RFC 3161 §2.3, RFC 6962 §3.1.
NO_SERVER_PURPOSES = frozenset({ExtendedKeyUsageOID.OCSP_SIGNING, ExtendedKeyUsageOID.TIME_STAMPING, _PRECERTIFICATE})


def path_fault(path: tuple[Certificate, ...], at: datetime) -> Fault | None:
    """The first fault on a path, leaf first, trust anchor last; a path of one is a self-signed leaf that is trusted."""
    for depth, certificate in enumerate(path):
        last = depth == len(path) - 1
        fault = issuer_fault(certificate, at, anchor=last) if depth else leaf_fault(certificate, at, pinned=last)
        if fault is not None:
            return replace(fault, depth=depth)
    return None


def leaf_fault(certificate: Certificate, at: datetime, *, pinned: bool) -> Fault | None:
    """What makes a certificate unfit as a server's; a pinned one may say CA, as `openssl req -x509` writes it."""
    return (form_fault(certificate, anchor=pinned) or leaf_form_fault(certificate) or _date_fault(certificate, at)
            or key_fault(certificate) or (None if pinned else digest_fault(certificate) or _leaf_role_fault(certificate))
            or _purpose_fault(certificate) or _other_purpose_fault(certificate))


def issuer_fault(certificate: Certificate, at: datetime, *, anchor: bool) -> Fault | None:
    """What makes a certificate unfit as an issuer's; an anchor's own signature carries no trust, any digest will do."""
    return (form_fault(certificate, anchor=anchor) or _date_fault(certificate, at) or key_fault(certificate)
            or (None if anchor else digest_fault(certificate)) or _issuer_role_fault(certificate)
            or _purpose_fault(certificate))


def _date_fault(certificate: Certificate, at: datetime) -> Fault | None:
    begins, ends = certificate.parsed.not_valid_before_utc, certificate.parsed.not_valid_after_utc
    if at < begins:
        return Fault(AuthFailure.NOT_YET_VALID, detail=f"not before {begins:%Y-%m-%d %H:%M:%SZ}")
    if at > ends:
        return Fault(AuthFailure.EXPIRED, detail=f"not after {ends:%Y-%m-%d %H:%M:%SZ}")
    return None


def _leaf_role_fault(certificate: Certificate) -> Fault | None:
    constraints = certificate.extension(x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        return Fault(AuthFailure.BAD_EXTENSION, detail="a CA certificate is used as the server's own")
    usage = certificate.extension(x509.KeyUsage)
    if usage is None:
        return None
    if usage.key_cert_sign:
        return Fault(AuthFailure.BAD_EXTENSION, detail="keyCertSign in the server's own certificate")
    transport = usage.key_encipherment and isinstance(certificate.key, rsa.RSAPublicKey)
    if not (usage.digital_signature or transport):
        return Fault(AuthFailure.BAD_PURPOSE, detail="keyUsage allows no TLS key exchange")
    return None


def _issuer_role_fault(certificate: Certificate) -> Fault | None:
    constraints = certificate.extension(x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        return Fault(AuthFailure.NOT_A_CA, detail="issuer is not marked as a CA")
    usage = certificate.extension(x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        return Fault(AuthFailure.NOT_A_CA, detail="issuer lacks keyCertSign")
    if not certificate.parsed.subject.rdns:
        return Fault(AuthFailure.MALFORMED, detail="issuer's subject is empty")
    return None


def _purpose_fault(certificate: Certificate) -> Fault | None:
    purposes = certificate.extension(x509.ExtendedKeyUsage)
    if purposes is None or SERVER_PURPOSES.intersection(purposes):
        return None
    return Fault(AuthFailure.BAD_PURPOSE, detail="extendedKeyUsage lacks serverAuth")


def _other_purpose_fault(certificate: Certificate) -> Fault | None:
    purposes = certificate.extension(x509.ExtendedKeyUsage)
    if purposes is None:
        return None
    if NO_SERVER_PURPOSES.intersection(purposes):
        return Fault(AuthFailure.BAD_PURPOSE, detail="extendedKeyUsage lets a server speak for others")
    if ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in purposes and len(purposes) > 1:
        return Fault(AuthFailure.BAD_PURPOSE, detail="extendedKeyUsage names purposes and any purpose")
    return None
