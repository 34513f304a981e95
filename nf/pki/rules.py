"""Our own rules for each certificate of a path, the same whatever the cipher preset: dates, version, key, digest, role.

They hold besides what OpenSSL and the second verifier ask for: OpenSSL takes version 1, SHA-1 and 1024-bit keys where
its security level is low, and a CA certificate as a leaf. What RFC 5280 §6 leaves to the caller is decided here.
"""

from dataclasses import replace
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from nf.pki.certificate import Certificate
from nf.pki.verdict import AuthFailure, Fault

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192  # longer keys and exponents would stall the other sessions of a worker
MIN_RSA_EXPONENT = 3
MAX_RSA_EXPONENT = (1 << 64) - 1
CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
DIGESTS = frozenset({"sha256", "sha384", "sha512"})
SERVER_PURPOSES = frozenset({ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})
MAX_SERIAL_BITS = 159  # 20 octets with a clear sign bit, RFC 5280 §4.1.2.2


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
    return (_form_fault(certificate) or _date_fault(certificate, at) or _key_fault(certificate)
            or (None if pinned else _digest_fault(certificate) or _leaf_role_fault(certificate))
            or _purpose_fault(certificate))


def issuer_fault(certificate: Certificate, at: datetime, *, anchor: bool) -> Fault | None:
    """What makes a certificate unfit as an issuer's; an anchor's own signature carries no trust, any digest will do."""
    return (_form_fault(certificate) or _date_fault(certificate, at) or _key_fault(certificate)
            or (None if anchor else _digest_fault(certificate)) or _issuer_role_fault(certificate)
            or _purpose_fault(certificate))


def _form_fault(certificate: Certificate) -> Fault | None:
    if certificate.parsed.version is not x509.Version.v3:
        return Fault(AuthFailure.NOT_V3)
    if certificate.serial <= 0 or certificate.serial.bit_length() > MAX_SERIAL_BITS:
        return Fault(AuthFailure.MALFORMED, detail="serial number is not a positive number of at most 20 octets")
    return None


def _date_fault(certificate: Certificate, at: datetime) -> Fault | None:
    begins, ends = certificate.parsed.not_valid_before_utc, certificate.parsed.not_valid_after_utc
    if at < begins:
        return Fault(AuthFailure.NOT_YET_VALID, detail=f"not before {begins:%Y-%m-%d %H:%M:%SZ}")
    if at > ends:
        return Fault(AuthFailure.EXPIRED, detail=f"not after {ends:%Y-%m-%d %H:%M:%SZ}")
    return None


def _key_fault(certificate: Certificate) -> Fault | None:
    key = certificate.key
    if isinstance(key, rsa.RSAPublicKey):
        exponent = key.public_numbers().e
        if MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS and MIN_RSA_EXPONENT <= exponent <= MAX_RSA_EXPONENT and exponent % 2:
            return None
        return Fault(AuthFailure.WEAK_KEY, detail=f"RSA {key.key_size} bits, exponent {exponent:#x}")
    if isinstance(key, ec.EllipticCurvePublicKey):
        return None if isinstance(key.curve, CURVES) else Fault(AuthFailure.WEAK_KEY, detail=f"curve {key.curve.name}")
    return Fault(AuthFailure.WEAK_KEY, detail="public key is neither RSA nor on a named NIST curve")


def _digest_fault(certificate: Certificate) -> Fault | None:
    try:
        digest = certificate.parsed.signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError):
        digest = None
    if digest is not None and digest.name in DIGESTS:
        return None
    return Fault(AuthFailure.WEAK_HASH, detail=f"signed with {digest.name if digest else 'an unknown algorithm'}")


def _leaf_role_fault(certificate: Certificate) -> Fault | None:
    constraints = certificate.extension(x509.BasicConstraints)
    if constraints is not None and constraints.ca:
        return Fault(AuthFailure.BAD_EXTENSION, detail="a CA certificate is used as the server's own")
    usage = certificate.extension(x509.KeyUsage)
    if usage is None:
        return None
    if usage.key_cert_sign:
        return Fault(AuthFailure.BAD_EXTENSION, detail="keyCertSign in the server's own certificate")
    if not (usage.digital_signature or usage.key_encipherment or usage.key_agreement):
        return Fault(AuthFailure.BAD_PURPOSE, detail="keyUsage allows no TLS key exchange")
    return None


def _issuer_role_fault(certificate: Certificate) -> Fault | None:
    constraints = certificate.extension(x509.BasicConstraints)
    if constraints is None or not constraints.ca:
        return Fault(AuthFailure.NOT_A_CA, detail="issuer is not marked as a CA")
    usage = certificate.extension(x509.KeyUsage)
    if usage is not None and not usage.key_cert_sign:
        return Fault(AuthFailure.NOT_A_CA, detail="issuer lacks keyCertSign")
    return None


def _purpose_fault(certificate: Certificate) -> Fault | None:
    purposes = certificate.extension(x509.ExtendedKeyUsage)
    if purposes is None or SERVER_PURPOSES.intersection(purposes):
        return None
    return Fault(AuthFailure.BAD_PURPOSE, detail="extendedKeyUsage lacks serverAuth")
