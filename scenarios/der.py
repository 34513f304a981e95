"""Certificates that no builder makes: the bytes of a good one are changed, and signed again where that is the point."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

Edit = Literal["none", "bad signature", "version 1", "sha1"]
_SEQUENCE, _BIT_STRING, _VERSION, _EXTENSIONS = 0x30, 0x03, 0xA0, 0xA3
_ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_ECDSA_SHA1 = bytes.fromhex("300906072a8648ce3d0401")
Signer = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def unchanged(certificate: x509.Certificate, _: Signer) -> x509.Certificate:
    """The same."""
    return certificate


def bad_signature(certificate: x509.Certificate, _: Signer) -> x509.Certificate:
    """With the last bit of its signature the other way."""
    old = certificate.public_bytes(serialization.Encoding.DER)
    return x509.load_der_x509_certificate(old[:-1] + bytes([old[-1] ^ 1]))


def version_1(certificate: x509.Certificate, signer: Signer) -> x509.Certificate:
    """Without extensions and without a version (RFC 5280 §4.1.2.1)."""
    kept = (whole for tag, whole in _elements(_content(certificate.tbs_certificate_bytes))
            if tag not in {_VERSION, _EXTENSIONS})
    return _signed(b"".join(kept), _ECDSA_SHA256, signer, hashes.SHA256())


def sha1(certificate: x509.Certificate, signer: Signer) -> x509.Certificate:
    """Signed with SHA-1."""
    body = _content(certificate.tbs_certificate_bytes).replace(_ECDSA_SHA256, _ECDSA_SHA1, 1)
    return _signed(body, _ECDSA_SHA1, signer, hashes.SHA1())  # noqa: S303 - which is the point


EDITS: Mapping[Edit, Callable[[x509.Certificate, Signer], x509.Certificate]] = {
    "none": unchanged, "bad signature": bad_signature, "version 1": version_1, "sha1": sha1}


def _signed(content: bytes, algorithm: bytes, signer: Signer, digest: hashes.HashAlgorithm) -> x509.Certificate:
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TypeError("the lab's CAs have ECDSA keys")
    body = _element(_SEQUENCE, content)
    signature = signer.sign(body, ec.ECDSA(digest))
    return x509.load_der_x509_certificate(
        _element(_SEQUENCE, body + algorithm + _element(_BIT_STRING, b"\x00" + signature)))


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each element's tag and whole bytes."""
    while data:
        size = _header(data) + _length(data)
        yield data[0], data[:size]
        data = data[size:]


def _content(element: bytes) -> bytes:
    return element[_header(element):]


def _header(element: bytes) -> int:
    return 2 + (element[1] & 0x7F if element[1] & 0x80 else 0)


def _length(element: bytes) -> int:
    return int.from_bytes(element[2:_header(element)], "big") if element[1] & 0x80 else element[1]


def _element(tag: int, content: bytes) -> bytes:
    size = len(content)
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, size] if size < 0x80 else [tag, 0x80 | len(octets), *octets]) + content
