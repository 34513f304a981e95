"""Forged leaves: what is copied, what is ours, and that clients take them."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from nf.pki import (
    AuthFailure,
    Authority,
    LeafKey,
    create_authority,
    interdict,
    interdict_distrusted,
    new_distrusted,
    new_leaf_key,
)
from nf.pki.authority import key_usage
from nf.pki.certificate import extension
from nf.pki.interdict import MAX_VALIDITY
from tests.pki.factory import CA, DAY, NOW, SERVER, authority, edited, judge, mint, sans

ROOT = authority("Origin root")
OURS = {kind: create_authority("SSL-PROXY-CA", kind, at=NOW - DAY) for kind in ("rsa", "ecdsa")}
KEYS = {kind: new_leaf_key(OURS[kind]) for kind in OURS}


def forge(minted, kind="ecdsa", at=NOW) -> x509.Certificate:
    certificate = x509.load_der_x509_certificate(minted) if isinstance(minted, bytes) else minted.certificate
    return interdict(certificate, OURS[kind], KEYS[kind], at)


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_every_field(kind):
    minted = mint("a.test", ROOT, (
        sans("a.test", "*.a.test", "192.0.2.1"), CA, key_usage(key_cert_sign=True), x509.SubjectKeyIdentifier(b"theirs"),
        x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CODE_SIGNING]), x509.TLSFeature([x509.TLSFeatureType.status_request]),
        x509.AuthorityInformationAccess([x509.AccessDescription(
            x509.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://ocsp.test"))])))
    forged = forge(minted, kind)
    ours, key = OURS[kind], KEYS[kind].key.public_key()
    assert forged.subject == minted.certificate.subject
    assert forged.issuer == ours.certificate.subject
    assert forged.public_key() == key
    assert [one.value for one in forged.extensions] == [
        x509.BasicConstraints(ca=False, path_length=None), key_usage(digital_signature=True, key_encipherment=kind == "rsa"),
        SERVER, x509.SubjectKeyIdentifier.from_public_key(key),
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(extension(ours.certificate, x509.SubjectKeyIdentifier)),
        sans("a.test", "*.a.test", "192.0.2.1")]
    anchors = [ours.certificate.public_bytes(Encoding.DER)]
    assert judge(forged.public_bytes(Encoding.DER), anchors=anchors, name="b.a.test").ok
    assert judge(forged.public_bytes(Encoding.DER), anchors=anchors, name="192.0.2.1").ok


def test_leaf_key_follows_the_ca():
    assert isinstance(KEYS["rsa"].key, rsa.RSAPrivateKey)
    assert KEYS["rsa"].key.key_size == 2048
    assert isinstance(KEYS["ecdsa"].key.curve, ec.SECP256R1)
    assert "key=" not in repr(KEYS["rsa"])
    with pytest.raises(ValueError, match="must not be a leaf's"):
        interdict(ROOT.certificate, OURS["ecdsa"], LeafKey(OURS["ecdsa"].key, "ecdsa"), NOW)


def test_serial_numbers_are_new_each_time():
    serials = {forge(ROOT).serial_number for _ in range(50)}
    assert len(serials) == 50
    assert all(0 < serial < 1 << 159 for serial in serials)
    assert max(serials) > 1 << 64


@given(st.integers(-4000, 4000), st.integers(0, 4000), st.integers(-4000, 4000))
def test_validity_stays_within_the_origin_s_and_ours(begins, days, now):
    first = NOW + timedelta(days=begins)
    minted = mint("a.test", ROOT, begins=first, ends=first + timedelta(days=days))
    at = NOW + timedelta(days=now)
    origin, ours, forged = minted.certificate, OURS["ecdsa"].certificate, forge(minted, at=at)
    assert ours.not_valid_before_utc <= forged.not_valid_before_utc <= forged.not_valid_after_utc <= ours.not_valid_after_utc
    assert forged.not_valid_after_utc - forged.not_valid_before_utc <= MAX_VALIDITY
    valid = [one.not_valid_before_utc <= at <= one.not_valid_after_utc for one in (origin, ours, forged)]
    if origin.not_valid_before_utc <= ours.not_valid_after_utc and ours.not_valid_before_utc <= origin.not_valid_after_utc:
        assert origin.not_valid_before_utc <= forged.not_valid_before_utc
        assert forged.not_valid_after_utc <= origin.not_valid_after_utc
        assert valid[2] is (valid[0] and valid[1])


def test_origin_out_of_our_time_never_seems_valid():
    old = mint("a.test", ROOT, begins=datetime(1970, 1, 1, tzinfo=UTC), ends=datetime(1971, 1, 1, tzinfo=UTC))
    assert forge(old).not_valid_after_utc < NOW
    future = mint("a.test", ROOT, begins=datetime(2090, 1, 1, tzinfo=UTC), ends=datetime(2091, 1, 1, tzinfo=UTC))
    assert forge(future).not_valid_before_utc > NOW


def test_names_of_other_types_are_dropped_and_none_is_added():
    mixed = x509.SubjectAlternativeName([x509.DNSName("a.test"), x509.RFC822Name("me@a.test"),
                                          x509.DNSName("xn--bcher-kva.test")])
    assert extension(forge(mint("x", ROOT, (mixed,))), x509.SubjectAlternativeName) == sans("a.test", "xn--bcher-kva.test")
    assert extension(forge(mint("a.test", ROOT)), x509.SubjectAlternativeName) is None
    mail = x509.SubjectAlternativeName([x509.RFC822Name("me@a.test")])
    assert extension(forge(mint("a.test", ROOT, (mail,))), x509.SubjectAlternativeName) is None


def test_control_characters_are_not_copied():
    minted = mint("safe-common-name", ROOT, (sans("a.test", "bad.a.test"),))
    forged = forge(edited(minted, b"bad.", b"b\x00\n.", ROOT.key))
    assert extension(forged, x509.SubjectAlternativeName) == sans("a.test")
    forged = forge(edited(minted, b"safe-", b"sa\x00\n-", ROOT.key))
    assert forged.subject == x509.Name([])
    assert forged.extensions.get_extension_for_class(x509.SubjectAlternativeName).critical


def test_subject_with_several_values_and_letters_is_copied_whole():
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, "Bücher"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "日本")]
    subject = x509.Name([x509.RelativeDistinguishedName(attributes), x509.RelativeDistinguishedName(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "DE")])])
    builder = x509.CertificateBuilder(ROOT.certificate.issuer, subject, ROOT.key.public_key(), 1, NOW, NOW + DAY)
    assert interdict(builder.sign(ROOT.key, OURS["ecdsa"].digest), OURS["ecdsa"], KEYS["ecdsa"], NOW).subject == subject


def test_thousand_names():
    names = sans(*(f"host{number}.test" for number in range(1000)))
    assert extension(forge(mint("many", ROOT, (names,))), x509.SubjectAlternativeName) == names


def test_name_constraints_of_our_ca_hold():
    limits = x509.NameConstraints([x509.DNSName("test"), x509.IPAddress(ip_network("192.0.2.0/24"))], [x509.DNSName("no.test")])
    minted = mint("Limited", None, (CA, limits))
    ours = Authority(minted.certificate, minted.key)
    origin = mint("a", ROOT, (sans("a.test", "a.no.test", "no.test", "other", "nottest", "192.0.2.9", "198.51.100.1"),))
    forged = interdict(origin.certificate, ours, new_leaf_key(ours), NOW)
    assert extension(forged, x509.SubjectAlternativeName) == sans("a.test", "192.0.2.9")


def test_ca_without_key_identifier():
    minted = mint("Bare", None, (CA,))
    forged = interdict(ROOT.certificate, Authority(minted.certificate, minted.key), KEYS["ecdsa"], NOW)
    expected = x509.SubjectKeyIdentifier.from_public_key(minted.key.public_key()).digest
    assert extension(forged, x509.AuthorityKeyIdentifier).key_identifier == expected


@given(st.integers(0, 600), st.integers(0, 255))
def test_whatever_can_be_read_can_be_forged(position, octet):
    der = bytearray(mint("odd name", ROOT, (sans("a.test", "192.0.2.1"), SERVER), key=KEYS["ecdsa"].key).der)
    der[position % len(der)] = octet
    try:
        odd = x509.load_der_x509_certificate(bytes(der))
    except ValueError:
        return
    assert interdict(odd, OURS["ecdsa"], KEYS["ecdsa"], NOW).issuer == OURS["ecdsa"].certificate.subject


DISTRUSTED = new_distrusted(OURS["ecdsa"])


@pytest.mark.parametrize(("server", "failure"), [
    (mint("a.test", authority("Nobody's root"), (sans("a.test"),)), AuthFailure.UNKNOWN_CA),
    (mint("a.test", None, (sans("a.test"),)), AuthFailure.SELF_SIGNED),
    (mint("a.test", ROOT, (sans("a.test"),), begins=NOW - 9 * DAY, ends=NOW - DAY), AuthFailure.EXPIRED),
    (mint("b.test", ROOT, (sans("b.test"),)), AuthFailure.NAME_MISMATCH),
])
def test_what_failed_fails_the_client_in_the_same_way(server, failure):
    forged = interdict_distrusted(server.certificate, failure, DISTRUSTED, KEYS["ecdsa"], NOW)
    der = forged.public_bytes(Encoding.DER)
    ours = OURS["ecdsa"].certificate.public_bytes(Encoding.DER)
    assert forged.subject == server.certificate.subject
    assert not judge(der, anchors=[ours]).ok
    believing = [ours, DISTRUSTED.certificate.public_bytes(Encoding.DER)]
    if failure is AuthFailure.SELF_SIGNED:
        assert forged.issuer == forged.subject
        assert judge(der, anchors=believing).reason is failure
    elif failure is not AuthFailure.UNKNOWN_CA:
        assert judge(der, anchors=believing).reason is failure
