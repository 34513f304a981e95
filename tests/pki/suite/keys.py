"""Keys and digests: what may sign and be signed, whatever the cipher preset."""

from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

from tests.pki.suite.case import Case, no, ok
from tests.pki.suite.der import bits, integer, oid, seq
from tests.pki.suite.workshop import Made, Odd, leaf, middle, root, spki

RSA = rsa.generate_private_key(65537, 2048)
R = root()
RSA_ROOT = root("RSA", key=RSA)


def rsa_key(modulus: int, exponent: int = 65537) -> Odd:
    """An RSA public key that nobody has the private one of."""
    info = seq(seq(oid("1.2.840.113549.1.1.1"), b"\x05\x00"), bits(seq(integer(modulus), integer(exponent))))
    return Odd(info)


def cases() -> Iterator[Case]:
    for size in (512, 1016, 1023, 1024, 1536, 2040, 2047):
        yield no(f"keys RSA of {size} bits", leaf(R, key=rsa_key(1 << size - 1 | 1)), R)
    for size in (2049, 2050, 3071, 4095):
        yield no(f"keys RSA of {size} bits, no multiple of 8", leaf(R, key=rsa_key(1 << size - 1 | 1)), R)
    for size in (2048, 3072, 4096, 8192):
        yield ok(f"keys RSA of {size} bits", leaf(R, key=rsa_key(1 << size - 1 | 1)), R)
    yield no("keys RSA of 16384 bits", leaf(R, key=rsa_key(1 << 16383 | 1)), R)
    for title, exponent in (("1", 1), ("even", 65536), ("of 65 bits", 1 << 64 | 1), ("of 2000 bits", 1 << 1999 | 1), ("0", 0)):
        yield no(f"keys RSA exponent {title}", leaf(R, key=rsa_key(1 << 2047 | 1, exponent)), R)
    yield ok("keys RSA exponent 3", leaf(R, key=rsa_key(1 << 2047 | 1, 3)), R)
    yield no("keys RSA modulus even", leaf(R, key=rsa_key(1 << 2047)), R)
    yield no("keys RSA modulus negative", leaf(R, key=rsa_key(-(1 << 2046) - 1)), R)
    yield from _curves()
    yield from _issuers()
    yield from _digests()


def _curves() -> Iterator[Case]:
    for curve, good in ((ec.SECP192R1, False), (ec.SECP224R1, False), (ec.SECP256K1, False), (ec.SECP256R1, True),
                        (ec.SECP384R1, True), (ec.SECP521R1, True), (ec.BrainpoolP256R1, False)):
        made = leaf(R, key=ec.generate_private_key(curve()))
        yield (ok if good else no)(f"keys curve {curve.name}", made, R)
    yield no("keys DSA", leaf(R, key=dsa.generate_private_key(2048)), R)
    yield no("keys Ed25519", leaf(R, key=ed25519.Ed25519PrivateKey.generate()), R)
    yield no("keys explicit curve", leaf(R, key=Odd(explicit_p256())), R)
    yield no("keys explicit curve of an issuer", (leaf(_explicit_issuer()), _explicit_issuer()), R)
    yield no("keys point off the curve", leaf(R, key=Odd(_off_curve())), R)
    yield no("keys of an unknown kind", leaf(R, key=Odd(seq(seq(oid("1.3.6.1.4.1.99999.9")), bits(b"key")))), R)


def _issuers() -> Iterator[Case]:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - what must be rejected
    yield no("keys root of 1024 bits", leaf(t := root(key=weak)), t)
    yield no("keys intermediate of 1024 bits", (leaf(m := middle(R, key=weak)), m), R)
    yield no("keys root with DSA", leaf(t := root(key=dsa.generate_private_key(2048))), t)
    small = ec.generate_private_key(ec.SECP192R1())
    yield no("keys intermediate on P-192", (leaf(m := middle(R, key=small)), m), R)


def _digests() -> Iterator[Case]:
    for digest, good in (("md5", False), ("sha1", False), ("sha256", True), ("sha384", True), ("sha512", True)):
        verdict = ok if good else no
        yield verdict(f"keys RSA with {digest} on the leaf", leaf(RSA_ROOT, digest=digest), RSA_ROOT)
        yield verdict(f"keys RSA with {digest} on the intermediate", (leaf(m := middle(RSA_ROOT, digest=digest)), m), RSA_ROOT)
        yield ok(f"keys RSA with {digest} on the root, whose signature nobody needs",
                 leaf(t := root("T", key=RSA, digest=digest)), t)
        if digest != "md5":
            yield verdict(f"keys ECDSA with {digest} on the leaf", leaf(R, digest=digest), R)


def explicit_p256() -> bytes:
    """P-256 with its parameters written out, and a point on it."""
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    octets_of = [value.to_bytes(32, "big") for value in
                 (prime - 3, 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B)]
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    key: Any = ec.generate_private_key(ec.SECP256R1())
    point = spki(key)[-65:]
    generator = bytes.fromhex("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                              "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
    parameters = seq(integer(1), seq(oid("1.2.840.10045.1.1"), integer(prime)),
                     seq(*(b"\x04\x20" + one for one in octets_of)), b"\x04\x41" + generator, integer(order), integer(1))
    return seq(seq(oid("1.2.840.10045.2.1"), parameters), bits(point))


def _explicit_issuer() -> Made:
    signer = ec.generate_private_key(ec.SECP256R1())
    made = middle(R, "Explicit", key=Odd(explicit_p256()))
    return Made(made.der, made.subject, signer)


def _off_curve() -> bytes:
    info = bytearray(spki(ec.generate_private_key(ec.SECP256R1())))
    info[-1] ^= 1
    return bytes(info)
