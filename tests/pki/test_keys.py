"""Which keys and digests count, and how dear a check with each is."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa

from nf.pki import AuthFailure
from nf.pki.certificate import read
from nf.pki.keys import digest_fault, effort, key_fault
from tests.pki.factory import CA, NOW, SERVER, authority, mint, new_key, reason, sans
from tests.pki.suite.keys import rsa_key
from tests.pki.suite.workshop import leaf, root

TOP = root()


def of(key):
    return read(leaf(TOP, key=key).der)


@pytest.mark.parametrize(("key", "dear"), [
    (ec.generate_private_key(ec.SECP256R1()), 1), (ec.generate_private_key(ec.SECP384R1()), 6),
    (ec.generate_private_key(ec.SECP521R1()), 8), (rsa_key(1 << 2047 | 1), 2), (rsa_key(1 << 8191 | 1), 17),
    (rsa_key(1 << 8191 | 1, (1 << 64) - 1), 61)])
def test_good_keys_and_what_they_cost(key, dear):
    assert key_fault(of(key)) is None
    assert effort(of(key)) == dear


@pytest.mark.parametrize(("key", "words"), [
    (rsa_key(1 << 2046 | 1), "RSA 2047 bits"), (rsa_key(1 << 2049 | 1), "RSA 2050 bits"), (rsa_key(1 << 8199 | 1),
                                                                                           "RSA 8200 bits"),
    (rsa_key(1 << 2047 | 1, (1 << 64) + 1), "RSA exponent 0x10000000000000001"), (rsa_key(1 << 2047), "RSA modulus is even"),
    (ec.generate_private_key(ec.SECP256K1()), "curve secp256k1"),
    (ed25519.Ed25519PrivateKey.generate(), "public key is neither RSA nor on a named NIST curve nor ML-DSA")])
def test_unfit_keys(key, words):
    found = key_fault(of(key))
    assert found.reason is AuthFailure.WEAK_KEY
    assert found.detail == words


def test_huge_exponents_are_told_in_few_words():
    assert len(key_fault(of(rsa_key(1 << 3071 | 1, 1 << 3000 | 1))).detail) <= 60


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_digests(digest):
    assert digest_fault(read(leaf(TOP, digest=digest).der)) is None
    weak = digest_fault(read(leaf(TOP, digest="sha1").der))
    assert weak.reason is AuthFailure.WEAK_HASH
    assert weak.detail == "signed with sha1"


@pytest.mark.parametrize("kind", [mldsa.MLDSA44PrivateKey, mldsa.MLDSA65PrivateKey, mldsa.MLDSA87PrivateKey])
def test_ml_dsa_above_and_below(kind):
    key = kind.generate()
    top = authority("PQ", key=key)
    assert reason(mint("server", top, (sans("a.test"), SERVER), key=key), anchors=[top], at=NOW) is None
    assert reason(mint("server", top, (sans("a.test"), SERVER)), anchors=[top]) is None
    other = authority("PQ", key=kind.generate())
    assert reason(mint("server", other, (sans("a.test"), SERVER)), anchors=[top]) is AuthFailure.BAD_SIGNATURE
    assert reason(mint("server", authority("EC", key=new_key()), (sans("a.test"), CA), key=key), anchors=[top]) is not None
