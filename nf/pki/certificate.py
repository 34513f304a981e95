"""One certificate, read once: DER bytes become the facts that path building and the rules look at, or None."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PublicKey = (rsa.RSAPublicKey | ec.EllipticCurvePublicKey | dsa.DSAPublicKey | ed25519.Ed25519PublicKey
             | ed448.Ed448PublicKey)
ExtensionT = TypeVar("ExtensionT", bound=x509.ExtensionType)

MAX_RSA_BITS = 8192  # one check with longer keys and exponents would stall the other sessions of a worker
MAX_RSA_EXPONENT = (1 << 64) - 1
MAX_REMEMBERED = 4096  # octets; what servers send must not fill the memory

# What the parser raises on fields that it reads only when asked.
UNREADABLE = (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion,
              x509.UnsupportedGeneralNameType)


def extension(parsed: x509.Certificate, kind: type[ExtensionT]) -> ExtensionT | None:
    """The value of a certificate's extension of this kind, if there; one of UNREADABLE where they make no sense."""
    try:
        return parsed.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that could be read whole; equal when the DER bytes are equal.

    `subject` and `issuer` are encoded names; `key` is None where the public key is of no kind that we know;
    `key_algorithm` is its OID in dotted form; `extensions` are those of kinds that we know.
    """

    der: bytes
    parsed: x509.Certificate = field(compare=False)
    subject: bytes = field(compare=False)
    issuer: bytes = field(compare=False)
    key: PublicKey | None = field(compare=False)
    key_der: bytes = field(compare=False)
    serial: int = field(compare=False)
    key_algorithm: str = field(compare=False)
    extensions: Mapping[type[x509.ExtensionType], x509.Extension[x509.ExtensionType]] = field(compare=False)

    @property
    def self_issued(self) -> bool:
        """Whether issuer and subject are the same name, as in a root."""
        return self.subject == self.issuer

    def extension(self, kind: type[ExtensionT]) -> ExtensionT | None:
        """The value of the extension of this kind, if there."""
        found = self.extensions.get(kind)
        return None if found is None else cast("ExtensionT", found.value)

    def names(self, issuer: "Certificate") -> bool:
        """Whether names, and key identifiers where both are there, say that the other certificate is the issuer."""
        if self.issuer != issuer.subject:
            return False
        wanted = self.extension(x509.AuthorityKeyIdentifier)
        held = issuer.extension(x509.SubjectKeyIdentifier)
        if wanted is None or wanted.key_identifier is None or held is None:
            return True
        return wanted.key_identifier == held.digest

    def signed_by(self, issuer: "Certificate") -> bool:
        """Whether the issuer's key made the signature; never of an RSA key that takes long to try."""
        if isinstance(issuer.key, rsa.RSAPublicKey) and not _quick(issuer.key):
            return False
        try:
            self.parsed.verify_directly_issued_by(issuer.parsed)
        except (*UNREADABLE, InvalidSignature):
            return False
        return True

    @property
    def is_its_own_signer(self) -> bool:
        """Whether its own key made the signature."""
        return self.signed_by(self)


def read_ca(der: bytes) -> Certificate | None:
    """The same as `read`, remembered where it is small: certificates of CAs come again with other servers."""
    return _read_again(der) if len(der) <= MAX_REMEMBERED else read(der)


def signed_by_ca(certificate: Certificate, issuer: Certificate) -> bool:
    """The same as `signed_by`, remembered where both are small, for two CAs."""
    small = len(certificate.der) <= MAX_REMEMBERED and len(issuer.der) <= MAX_REMEMBERED
    return _signed_again(certificate, issuer) if small else certificate.signed_by(issuer)


@lru_cache(maxsize=256)
def _signed_again(certificate: Certificate, issuer: Certificate) -> bool:
    return certificate.signed_by(issuer)


def _quick(key: rsa.RSAPublicKey) -> bool:
    return key.key_size <= MAX_RSA_BITS and key.public_numbers().e <= MAX_RSA_EXPONENT


def read(der: bytes) -> Certificate | None:
    """Read a certificate with every field that matters, or None where it is no well-formed X.509 certificate."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd serials and the like are judged by the rules, not told on stderr
            parsed = x509.load_der_x509_certificate(der)
            key, key_der = _public_key(parsed)
            subject, issuer = parsed.subject.public_bytes(), parsed.issuer.public_bytes()
            serial, _ = parsed.serial_number, (parsed.not_valid_before_utc, parsed.not_valid_after_utc)
            algorithm = parsed.public_key_algorithm_oid.dotted_string
            extensions = {type(one.value): one for one in parsed.extensions
                          if not isinstance(one.value, x509.UnrecognizedExtension)}
    except UNREADABLE:
        return None
    return Certificate(bytes(der), parsed, subject, issuer, key, key_der, serial, algorithm, extensions)


@lru_cache(maxsize=256)
def _read_again(der: bytes) -> Certificate | None:
    return read(der)


def _public_key(parsed: x509.Certificate) -> tuple[PublicKey | None, bytes]:
    try:
        key = parsed.public_key()
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except UNREADABLE:
        return None, b""
    return (key, der) if isinstance(key, PublicKey) else (None, der)
