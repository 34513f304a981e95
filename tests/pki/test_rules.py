"""What each certificate of a path must be: dates, version, key, digest, role; whatever the cipher preset."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from nf.pki import AuthFailure
from nf.pki.authority import key_usage
from tests.pki.factory import CA, DAY, LEAF, MIDDLE, NOW, ROOT, SERVER, authority, edited, judge, mint, reason, sans, server


@pytest.mark.parametrize(("begins", "ends", "expected"), [
    (NOW, NOW, None),
    (NOW - DAY, NOW - DAY / 86400, AuthFailure.EXPIRED),
    (NOW + DAY / 86400, NOW + DAY, AuthFailure.NOT_YET_VALID)])
def test_validity_to_the_second_of_leaf_intermediate_and_root(begins, ends, expected):
    assert reason(server(MIDDLE, begins=begins, ends=ends), MIDDLE) is expected
    middle = authority("Middle", ROOT, begins=begins, ends=ends)
    assert reason(server(middle), middle) is expected
    root = authority("Root", begins=begins, ends=ends)
    assert reason(server(root), anchors=[root]) is expected


def test_texts_of_dates():
    assert judge(LEAF, MIDDLE, anchors=[ROOT], at=NOW + 99 * DAY).message == "certificate error: certificate has expired"
    assert judge(LEAF, MIDDLE, anchors=[ROOT], at=NOW - 99 * DAY).message == "certificate error: certificate is not yet valid"


def test_version_1_leaf_and_intermediate():
    version_3 = bytes.fromhex("a003020102")
    assert reason(edited(mint("v1", ROOT), version_3, b"", ROOT.key), name=None) is AuthFailure.NOT_V3
    middle = mint("Middle", ROOT)
    assert reason(server(middle), edited(middle, version_3, b"", ROOT.key)) is AuthFailure.NOT_V3


def test_leaf_as_intermediate():
    for extensions in ((), (x509.BasicConstraints(ca=False, path_length=None),)):
        fake = mint("Fake", ROOT, extensions)
        assert reason(server(fake), fake) is AuthFailure.NOT_A_CA


@pytest.mark.parametrize("serial", ["00000000", "81223344"])
def test_serial_zero_or_negative(serial):
    leaf = server(ROOT, serial=0x11223344)
    der = edited(leaf, bytes.fromhex("020411223344"), bytes.fromhex("0204" + serial), ROOT.key)
    assert reason(der) is AuthFailure.MALFORMED


@pytest.mark.parametrize(("extensions", "expected"), [
    ((SERVER, key_usage(digital_signature=True)), None), ((), None),
    ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]),), None),
    ((key_usage(key_cert_sign=True, digital_signature=True),), AuthFailure.BAD_EXTENSION),
    ((key_usage(crl_sign=True),), AuthFailure.BAD_PURPOSE), ((CA,), AuthFailure.BAD_EXTENSION),
    ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]),), AuthFailure.BAD_PURPOSE),
    ((x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.4.1.99999.2")]),), AuthFailure.BAD_PURPOSE)])
def test_what_a_leaf_may_be_for(extensions, expected):
    assert reason(mint("leaf", ROOT, (sans("a.test"), *extensions))) is expected


@pytest.mark.parametrize(("extension", "expected"), [
    (key_usage(key_cert_sign=True), None), (key_usage(crl_sign=True), AuthFailure.NOT_A_CA), (SERVER, None),
    (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), AuthFailure.BAD_PURPOSE)])
def test_what_an_issuer_may_be_for(extension, expected):
    middle = authority("Middle", ROOT, extension)
    assert reason(server(middle), middle) is expected
    root = authority("Root", None, extension)
    assert reason(server(root), anchors=[root]) is expected


def _weak_keys():
    rsa_sizes = ((65537, 512), (65537, 1016), (65537, 1024), (65537, 2047), (3, 9000), (1 << 64 | 1, 2048))
    return [*(rsa.RSAPublicNumbers(exponent, 1 << size - 1 | 1).public_key() for exponent, size in rsa_sizes),
            dsa.generate_private_key(2048).public_key(),
            ec.generate_private_key(ec.SECP224R1()).public_key(), ed25519.Ed25519PrivateKey.generate().public_key()]


@pytest.mark.parametrize("public_key", _weak_keys())
def test_weak_and_odd_keys(public_key):
    assert reason(mint("weak", ROOT, (sans("a.test"),), public_key=public_key)) is AuthFailure.WEAK_KEY


def test_curve_that_no_verifier_knows():
    leaf = edited(server(ROOT), bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d030104"), ROOT.key)
    assert reason(leaf) is AuthFailure.WEAK_KEY


def test_long_rsa_key_is_fine():
    key = rsa.RSAPublicNumbers(65537, 1 << 8191 | 1).public_key()
    assert reason(mint("long", ROOT, (sans("a.test"),), public_key=key)) is None


def test_weak_root_key():
    root = authority("Root", key=rsa.generate_private_key(65537, 1024))  # noqa: S505 - what is rejected
    assert reason(server(root), anchors=[root]) is AuthFailure.WEAK_KEY


@pytest.mark.parametrize(("last", "digest"), [("05", hashes.SHA1()), ("04", hashes.MD5())])  # noqa: S303 - what is rejected
def test_weak_digest_below_the_anchor_but_not_of_the_anchor_itself(last, digest):
    key = rsa.generate_private_key(65537, 2048)
    old, new = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d0101" + last)
    root = authority("Root", key=key)
    leaf = server(root)
    assert reason(edited(leaf, old, new, key, digest), anchors=[root]) is AuthFailure.WEAK_HASH
    middle = authority("Middle", root)
    assert reason(server(middle), edited(middle, old, new, key, digest), anchors=[root]) is AuthFailure.WEAK_HASH
    assert reason(leaf, anchors=[edited(root, old, new, key, digest)]) is None
