"""What is made on the box: keys, subjects as operators write them, certificates that sign themselves, requests."""

from contextlib import suppress
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from nf.pki import Authority
from nf.pki.certificate import extension
from nf.pki.generate import Identity, generate_key, read_subject, request, self_signed
from tests.pki.factory import DAY, NOW, judge, new_key, sans

IDENTITY = Identity(read_subject("CN=a.test,O=Example,C=US"), "a.test", "me@a.test", ip_address("192.0.2.1"))


@pytest.mark.parametrize(("key_type", "size", "bits"), [
    ("rsa", None, 2048), ("rsa", 4096, 4096), ("ecdsa", None, 256), ("ecdsa", 384, 384), ("ecdsa", 521, 521)])
def test_keys(key_type, size, bits):
    assert generate_key(key_type, size).key_size == bits


def test_keys_that_clients_would_not_take():
    with pytest.raises(ValueError, match="size 1024: expected 2048 or 4096 for rsa"):
        generate_key("rsa", 1024)
    with pytest.raises(ValueError, match="size 2048: expected 256 or 384 or 521 for ecdsa"):
        generate_key("ecdsa", 2048)


@pytest.mark.parametrize(("text", "expected"), [
    ("CN=SSL-PROXY-CA,O=Example,C=US", "CN=SSL-PROXY-CA,O=Example,C=US"), ("cn=abc", "CN=abc"),
    (" CN = a b , OU=x,  ST=Bavaria", "CN=a b,OU=x,ST=Bavaria"), ("CN=a\\, b,O=c", "CN=a\\, b,O=c"),
    ("emailAddress=a@b,CN=x,DC=corp", "1.2.840.113549.1.9.1=a@b,CN=x,DC=corp"), ("CN=Bücher", "CN=Bücher")])
def test_subjects(text, expected):
    assert read_subject(text).rfc4514_string() == expected


@pytest.mark.parametrize("text", ["", "nonsense", "O=x", "CN=", "CN=x,C=USA", "XX=y,CN=x", "CN=a=b,,", "CN"])
def test_subjects_that_make_no_sense(text):
    with pytest.raises(ValueError, match="expected CN=…,O=…,C=…"):
        read_subject(text)


@given(st.text(max_size=40))
def test_any_text_is_a_subject_or_a_value_error(text):
    with suppress(ValueError):
        assert read_subject(f"CN={text}").get_attributes_for_oid(NameOID.COMMON_NAME)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_self_signed_ca_may_be_a_root_ca(kind):
    key = generate_key(kind)
    certificate = self_signed(IDENTITY, key, is_ca=True, at=NOW)
    assert Authority(certificate, key).check(NOW) is None
    assert (certificate.not_valid_after_utc - NOW).days == 1825


def test_self_signed_server_certificate():
    certificate = self_signed(IDENTITY, key := new_key(), is_ca=False, at=NOW)
    assert "not a CA" in Authority(certificate, key).check(NOW)
    held = extension(certificate, x509.SubjectAlternativeName)
    assert list(held) == [x509.DNSName("a.test"), x509.RFC822Name("me@a.test"), *sans("192.0.2.1")]
    der = certificate.public_bytes(Encoding.DER)
    assert judge(der, anchors=[der], at=NOW + DAY).ok


def test_request():
    made = request(IDENTITY, key := new_key())
    assert made.is_signature_valid
    assert (made.subject, made.public_key()) == (IDENTITY.subject, key.public_key())
    assert made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
        x509.DNSName) == ["a.test"]
    assert not request(Identity(IDENTITY.subject), new_key()).extensions
