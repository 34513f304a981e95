"""Certificates and CRLs put together from DER by hand, so that a test can also make what no library would sign."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.pki.suite.der import bits, boolean, context, integer, octets, oid, seq, utc

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BEGINS, ENDS = datetime(2020, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
HOST = "example.com"
_ECDSA = {"sha1": "1.2.840.10045.4.1", "sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3",
          "sha512": "1.2.840.10045.4.3.4"}
_RSA = {"md5": "1.2.840.113549.1.1.4", "sha1": "1.2.840.113549.1.1.5", "sha256": "1.2.840.113549.1.1.11",
        "sha384": "1.2.840.113549.1.1.12", "sha512": "1.2.840.113549.1.1.13"}
_DIGESTS = {"md5": hashes.MD5(), "sha1": hashes.SHA1(),  # noqa: S303 - what must be rejected
            "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
_serials = count(0x1000)
_names = count(1)


@dataclass(frozen=True)
class Made:
    """A certificate as DER with its name and key."""

    der: bytes
    subject: bytes
    key: Any = field(repr=False)
    serial: int = 0

    @property
    def spki(self) -> bytes:
        return spki(self.key)


@dataclass(frozen=True)
class Ext:
    """One extension: its OID, its content as DER and whether it is critical."""

    identifier: str
    content: bytes
    critical: bool = False

    @property
    def der(self) -> bytes:
        return seq(oid(self.identifier), boolean(True) if self.critical else b"", octets(self.content))


def soft(value: x509.ExtensionType) -> Ext:
    return Ext(value.oid.dotted_string, value.public_bytes())


def hard(value: x509.ExtensionType) -> Ext:
    return Ext(value.oid.dotted_string, value.public_bytes(), critical=True)


def spki(key: Any) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def name(common: str) -> bytes:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)] if common else []).public_bytes()


@cache
def key(label: str) -> ec.EllipticCurvePrivateKey:
    """The one key of this label."""
    return ec.generate_private_key(ec.SECP256R1())


def usage(*bit_names: str) -> x509.KeyUsage:
    known = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{bit: bit in bit_names for bit in known})


def sans(*names: str) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.DNSName(one) for one in names])


def purposes(*wanted: x509.ObjectIdentifier) -> x509.ExtendedKeyUsage:
    return x509.ExtendedKeyUsage(wanted)


def identifier(signer: Any) -> bytes:
    return x509.SubjectKeyIdentifier.from_public_key(signer.public_key()).digest


def of_issuer(signer: Any) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier(identifier(signer), None, None)


SERVER = ExtendedKeyUsageOID.SERVER_AUTH
CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH


def ca(path_length: int | None = None) -> Ext:
    return hard(x509.BasicConstraints(ca=True, path_length=path_length))


def root(common: str = "Root", **change: Any) -> Made:
    """A self-signed CA with the extensions that RFC 5280 asks for, changed as told; None leaves one out."""
    signer = change.pop("key", None) or ec.generate_private_key(ec.SECP256R1())
    usual = {"bc": ca(), "ku": soft(usage("key_cert_sign", "crl_sign")), "ski": _ski(signer)}
    return _made(None, usual, change, signer, name(common))


def middle(parent: Made, common: str | None = None, **change: Any) -> Made:
    """An intermediate CA, changed as told."""
    signer = change.pop("key", None) or ec.generate_private_key(ec.SECP256R1())
    usual = {"bc": ca(), "ku": soft(usage("key_cert_sign", "crl_sign")), "ski": _ski(signer),
             "aki": soft(of_issuer(parent.key))}
    return _made(parent, usual, change, signer, name(f"Middle {next(_names)}" if common is None else common))


def leaf(parent: Made, *names: str, common: str = HOST, **change: Any) -> Made:
    """A server's certificate for these names, changed as told."""
    signer = change.pop("key", None) or ec.generate_private_key(ec.SECP256R1())
    usual = {"ku": soft(usage("digital_signature")), "eku": soft(purposes(SERVER)), "ski": _ski(signer),
             "aki": soft(of_issuer(parent.key)), "san": soft(sans(*(names or (HOST,))))}
    return _made(parent, usual, change, signer, name(common))


def _ski(signer: Any) -> Ext | None:
    return None if isinstance(signer, Odd) else soft(x509.SubjectKeyIdentifier(identifier(signer)))


def _made(parent: Made | None, usual: dict[str, Ext | None], change: dict[str, Any], signer: Any, subject: bytes) -> Made:
    extensions = usual | {label: value for label, value in change.items() if value is None or isinstance(value, Ext)}
    settings = {label: value for label, value in change.items() if label not in extensions}
    more = settings.pop("more", ())
    chosen = [value for value in extensions.values() if value is not None] + list(more)
    return issue(parent, subject=settings.pop("subject", subject), signer=signer, extensions=chosen, **settings)


@dataclass(frozen=True)
class Odd:
    """A subject's key of which only the SubjectPublicKeyInfo is there."""

    info: bytes


def issue(parent: Made | None, *, subject: bytes, signer: Any, extensions: Sequence[Ext] = (), issuer: bytes | None = None,
          serial: int | None = None, begins: datetime = BEGINS, ends: datetime = ENDS, version: int = 2, digest: str = "sha256",
          outer: str | None = None, body_edit: tuple[bytes, bytes] | None = None, tail: bytes = b"") -> Made:
    """Sign a TBSCertificate with the parent's key, or its own; `outer` names another digest outside than inside."""
    by = parent.key if parent else signer
    number = next(_serials) if serial is None else serial
    info = signer.info if isinstance(signer, Odd) else spki(signer)
    body = seq(
        context(0, integer(version)) if version else b"", integer(number), algorithm(by, digest),
        issuer if issuer is not None else parent.subject if parent else subject,
        seq(utc(begins), utc(ends)), subject, info,
        context(3, seq(*(one.der for one in extensions))) if extensions else b"", tail)
    if body_edit:
        assert body_edit[0] in body
        body = body.replace(*body_edit)
    der = seq(body, algorithm(by, outer or digest), bits(sign(by, body, digest)))
    return Made(der, subject, signer, number)


def algorithm(by: Any, digest: str) -> bytes:
    if isinstance(by, rsa.RSAPrivateKey):
        return seq(oid(_RSA[digest]), b"\x05\x00")
    if isinstance(by, ec.EllipticCurvePrivateKey):
        return seq(oid(_ECDSA[digest]))
    if isinstance(by, ed25519.Ed25519PrivateKey):
        return seq(oid("1.3.101.112"))
    assert isinstance(by, dsa.DSAPrivateKey)
    return seq(oid("2.16.840.1.101.3.4.3.2"))


def sign(by: Any, body: bytes, digest: str) -> bytes:
    if isinstance(by, rsa.RSAPrivateKey):
        return by.sign(body, padding.PKCS1v15(), _DIGESTS[digest])
    if isinstance(by, ec.EllipticCurvePrivateKey):
        return by.sign(body, ec.ECDSA(_DIGESTS[digest]))
    if isinstance(by, ed25519.Ed25519PrivateKey):
        return by.sign(body)
    return by.sign(body, hashes.SHA256())
