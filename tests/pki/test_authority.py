"""The proxy's CA: what is made, and what is found wrong with one."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from nf.pki import Authority, create_authority
from nf.pki.authority import key_usage
from nf.pki.certificate import extension
from tests.pki.factory import CA, DAY, NOW, mint, new_key


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
