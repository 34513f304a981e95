"""Real certificates for the tests: mint() signs one, edited() changes bytes of one and signs it again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from nf.pki import AuthFailure, Verdict, verify_server_chain

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
CA = x509.BasicConstraints(ca=True, path_length=None)
SERVER = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH])


@dataclass(frozen=True)
class Minted:
    """A certificate and the key that belongs to it."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def new_key() -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def sans(*names: str) -> x509.SubjectAlternativeName:
    def one(name: str) -> x509.GeneralName:
        try:
            return x509.IPAddress(ip_address(name))
        except ValueError:
            return x509.DNSName(name)

    return x509.SubjectAlternativeName([one(name) for name in names])


def mint(name: str, issuer: Minted | None = None, extensions: Iterable[x509.ExtensionType] = (), *,
         key: PrivateKey | None = None, public_key: object = None, begins: datetime = NOW - 30 * DAY,
         ends: datetime = NOW + 30 * DAY, critical: Sequence[type] = (x509.BasicConstraints,),
         serial: int | None = None) -> Minted:
    """Sign a certificate with exactly these extensions; without an issuer it signs itself."""
    key = key or new_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (x509.CertificateBuilder().subject_name(subject)
               .issuer_name(issuer.certificate.subject if issuer else subject)
               .public_key(public_key or key.public_key()).serial_number(serial or x509.random_serial_number())
               .not_valid_before(begins).not_valid_after(ends))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, tuple(critical)))
    signer = issuer.key if issuer else key
    hashed = isinstance(signer, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)  # ML-DSA hashes by itself
    return Minted(builder.sign(signer, hashes.SHA256() if hashed else None), key)


def authority(name: str = "Root", issuer: Minted | None = None, *more: x509.ExtensionType, **how: object) -> Minted:
    """A CA certificate."""
    return mint(name, issuer, (CA, *more), **how)


def server(issuer: Minted, *more: x509.ExtensionType, name: str = "a.test", **how: object) -> Minted:
    """A server's certificate for one name, with serverAuth."""
    return mint("server", issuer, (sans(name), SERVER, *more), **how)


def edited(minted: Minted, old: bytes, new: bytes, signer: PrivateKey, digest: hashes.HashAlgorithm | None = None) -> bytes:
    """DER of the certificate with `old` replaced wherever it stands outside the signature, signed again."""
    body = minted.certificate.tbs_certificate_bytes
    assert old in body
    body = _sequence(_content(body).replace(old, new))
    digest = digest or hashes.SHA256()
    algorithm = _algorithm(minted.der, minted.certificate.tbs_certificate_bytes).replace(old, new)
    signature = (signer.sign(body, padding.PKCS1v15(), digest) if isinstance(signer, rsa.RSAPrivateKey)
                 else signer.sign(body, ec.ECDSA(digest)))
    return _sequence(body + algorithm + b"\x03" + _length(len(signature) + 1) + b"\x00" + signature)


def judge(*chain: Minted | bytes, anchors: Iterable[Minted | bytes], name: str | None = "a.test", at: datetime = NOW,
          **how: object) -> Verdict:
    """The verdict on this chain."""
    return verify_server_chain([_der(one) for one in chain], [_der(one) for one in anchors], name, at, **how)


ROOT = authority("Root")
MIDDLE = authority("Middle", ROOT)
LEAF = server(MIDDLE)
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
CRITICAL = (x509.BasicConstraints, x509.UnrecognizedExtension)


def reason(*chain: Minted | bytes, anchors: Iterable[Minted | bytes] = (ROOT,), **how: object) -> AuthFailure | None:
    """The verdict's reason, after checking that it agrees with itself."""
    verdict = judge(*chain, anchors=anchors, **how)
    assert verdict.ok is (verdict.reason is None) is (verdict.message == "")
    return verdict.reason


def _der(one: Minted | bytes) -> bytes:
    return one if isinstance(one, bytes) else one.der


def _content(der: bytes) -> bytes:
    return der[2 + (der[1] & 0x7F if der[1] & 0x80 else 0):]


def _algorithm(der: bytes, body: bytes) -> bytes:
    after = _content(der)[len(body):]
    return after[:2 + after[1]]


def _sequence(content: bytes) -> bytes:
    return b"\x30" + _length(len(content)) + content


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets
