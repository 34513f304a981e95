"""The proxy's CA: what is made, and what is found wrong with one."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from nf.pki import Authority, create_authority
from nf.pki.authority import key_usage, succeed
from nf.pki.certificate import extension
from tests.pki.factory import CA, DAY, NOW, SERVER, Minted, authority, judge, mint, new_key, server


@pytest.mark.parametrize("key_type", ["rsa", "ecdsa"])
def test_new_authority(key_type):
    made = create_authority("SSL-PROXY-CA", key_type, at=NOW, days=10)
    certificate = made.certificate
    assert made.key_type == key_type
    assert made.check(NOW) is None
    assert made.check(NOW + 11 * DAY).startswith("certificate has expired")
    assert made.check(NOW - 2 * DAY).startswith("certificate is not valid before")
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).critical
    assert extension(certificate, x509.BasicConstraints) == CA
    assert extension(certificate, x509.KeyUsage) == key_usage(key_cert_sign=True, crl_sign=True)
    assert extension(certificate, x509.SubjectKeyIdentifier) == x509.SubjectKeyIdentifier.from_public_key(made.key.public_key())
    certificate.verify_directly_issued_by(certificate)


def test_two_authorities_have_two_keys_and_never_print_them():
    one, two = (create_authority("CA", "ecdsa", at=NOW) for _ in range(2))
    assert one.key.public_key() != two.key.public_key()
    assert one.certificate.serial_number != two.certificate.serial_number
    assert "key" not in repr(one).lower()


@pytest.mark.parametrize(("extensions", "problem"), [
    ((), "not a CA"), ((x509.BasicConstraints(ca=False, path_length=None),), "not a CA"),
    ((CA, key_usage(crl_sign=True)), "may not sign"), ((CA,), None)])
def test_certificates_that_cannot_sign(extensions, problem):
    minted = mint("CA", None, extensions)
    found = Authority(minted.certificate, minted.key).check(NOW)
    assert found is None if problem is None else problem in found


def test_key_of_another():
    assert Authority(mint("CA", None, (CA,)).certificate, new_key()).check(NOW) == "certificate and key do not belong together"


@pytest.mark.parametrize(("curve", "digest"), [
    (ec.SECP256R1(), hashes.SHA256), (ec.SECP384R1(), hashes.SHA384), (ec.SECP521R1(), hashes.SHA512)])
def test_digest_fits_the_curve(curve, digest):
    minted = mint("CA", None, (CA,), key=ec.generate_private_key(curve))
    assert isinstance(Authority(minted.certificate, minted.key).digest, digest)


@pytest.mark.parametrize(("extensions", "how", "problem"), [
    ((CA, x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CLIENT_AUTH])), {}, "lacks serverAuth"),
    ((CA, SERVER), {}, None),
    ((CA,), {"key": rsa.generate_private_key(65537, 1024)}, "key has 1024 bits"),  # noqa: S505 - the case itself
    ((CA,), {"key": ec.generate_private_key(ec.SECP192R1())}, "key has 192 bits"),
    ((x509.UnrecognizedExtension(x509.BasicConstraints.oid, b"\x04\x00"),), {}, "makes no sense")])
def test_what_clients_would_not_take(extensions, how, problem):
    minted = mint("CA", None, extensions, **how)
    found = Authority(minted.certificate, minted.key).check(NOW)
    assert found is None if problem is None else problem in found


def test_without_a_subject():
    key = new_key()
    builder = x509.CertificateBuilder(x509.Name([]), x509.Name([]), key.public_key(), 1, NOW, NOW + DAY)
    signed = builder.add_extension(CA, critical=True).sign(key, hashes.SHA256())
    assert "no subject" in Authority(signed, key).check(NOW)


def test_presented_without_and_with_cas_above():
    root = create_authority("Root", "ecdsa", at=NOW)
    assert root.presented(NOW) == ()
    top = authority("Top")
    below = authority("Below", top)
    assert Authority(below.certificate, below.key, (top.certificate,)).presented(NOW) == (below.certificate,)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_a_successor_is_taken_by_clients_of_either(kind):
    old = create_authority("Old", kind, at=NOW - 100 * DAY, days=130)
    new = succeed(old, "New", at=NOW)
    again = succeed(new, "Newest", at=NOW + DAY)
    assert new.key_type == kind
    assert new.certificate.issuer == new.certificate.subject
    assert new.chain[0].issuer == old.certificate.subject
    assert new.chain[0].not_valid_after_utc == old.certificate.not_valid_after_utc
    leaf = server(Minted(new.certificate, new.key), begins=NOW, ends=NOW + 60 * DAY)
    soon, late = NOW + DAY, NOW + 40 * DAY
    for trusted, at, taken in ((old, soon, True), (new, soon, True), (old, late, False), (new, late, True)):
        sent = [certificate.public_bytes(Encoding.DER) for certificate in new.presented(at)]
        anchor = trusted.certificate.public_bytes(Encoding.DER)
        assert judge(leaf, *sent, anchors=[anchor], at=at).ok is taken
    third = server(Minted(again.certificate, again.key), begins=NOW + DAY)
    sent = [certificate.public_bytes(Encoding.DER) for certificate in again.presented(NOW + DAY)]
    for trusted in (old, new, again):
        assert judge(third, *sent, anchors=[trusted.certificate.public_bytes(Encoding.DER)], at=NOW + DAY).ok


def test_a_ca_that_may_not_be_succeeded():
    with pytest.raises(ValueError, match="expired"):
        succeed(create_authority("Old", "ecdsa", at=NOW, days=1), "New", at=NOW + 2 * DAY)
    with pytest.raises(ValueError, match="a name of its own"):
        succeed(create_authority("Old", "ecdsa", at=NOW), "Old", at=NOW)
    minted = mint("Last", None, (x509.BasicConstraints(ca=True, path_length=0),))
    with pytest.raises(ValueError, match="pathLenConstraint 0"):
        succeed(Authority(minted.certificate, minted.key), "New", at=NOW)
