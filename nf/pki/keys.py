"""Which keys and digests count, the same whatever the cipher preset: RSA from 2048 bits, three NIST curves, ML-DSA.

OpenSSL takes SHA-1, MD5 and 1024-bit keys where its security level is low, so they are looked at here.
"""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from nf.pki.certificate import MAX_RSA_BITS, MAX_RSA_EXPONENT, Certificate
from nf.pki.verdict import AuthFailure, Fault

MIN_RSA_BITS = 2048
MIN_RSA_EXPONENT = 3
CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
EFFORTS = {"secp256r1": 1, "secp384r1": 6, "secp521r1": 8}
DIGESTS = frozenset({"sha256", "sha384", "sha512"})
ML_DSA = frozenset({"2.16.840.1.101.3.4.3.17", "2.16.840.1.101.3.4.3.18", "2.16.840.1.101.3.4.3.19"})  # RFC 9881


def key_fault(certificate: Certificate) -> Fault | None:
    """What makes a certificate's public key unfit, for a server or an issuer."""
    key = certificate.key
    if isinstance(key, rsa.RSAPublicKey):
        return _rsa_fault(key)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return None if isinstance(key.curve, CURVES) else Fault(AuthFailure.WEAK_KEY, detail=f"curve {key.curve.name}")
    if certificate.key_algorithm in ML_DSA:
        return None
    return Fault(AuthFailure.WEAK_KEY, detail="public key is neither RSA nor on a named NIST curve nor ML-DSA")


def _rsa_fault(key: rsa.RSAPublicKey) -> Fault | None:
    numbers, size = key.public_numbers(), key.key_size
    if not MIN_RSA_BITS <= size <= MAX_RSA_BITS or size % 8:
        return Fault(AuthFailure.WEAK_KEY, detail=f"RSA {size} bits")
    if not MIN_RSA_EXPONENT <= numbers.e <= MAX_RSA_EXPONENT or not numbers.e % 2:
        return Fault(AuthFailure.WEAK_KEY, detail=f"RSA exponent {numbers.e:#x}"[:60])
    return None if numbers.n % 2 else Fault(AuthFailure.WEAK_KEY, detail="RSA modulus is even")


def effort(certificate: Certificate) -> int:
    """How much work the check of one signature of this key is, in units of one on P-256."""
    key = certificate.key
    if isinstance(key, rsa.RSAPublicKey):
        return 1 + (key.key_size // 2048) ** 2 * key.public_numbers().e.bit_length() // 17
    return EFFORTS.get(key.curve.name, 8) if isinstance(key, ec.EllipticCurvePublicKey) else 4


def digest_fault(certificate: Certificate) -> Fault | None:
    """What makes the algorithm of a certificate's signature unfit."""
    if sound_algorithm(certificate.parsed):
        return None
    try:
        digest = certificate.parsed.signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError):
        digest = None
    return Fault(AuthFailure.WEAK_HASH, detail=f"signed with {digest.name if digest else 'an unknown algorithm'}")


def sound_algorithm(signed: x509.Certificate | x509.CertificateRevocationList) -> bool:
    """Whether a signature's algorithm hashes with a digest that counts, or by itself as ML-DSA does."""
    try:
        digest = signed.signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError):
        return False
    return digest.name in DIGESTS if digest is not None else signed.signature_algorithm_oid.dotted_string in ML_DSA
