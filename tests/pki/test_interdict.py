"""Forged leaves: what is copied, what is ours, and that clients take them."""

import ssl
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from nf.pki import Authority, LeafKey, create_authority, interdict, new_leaf_key
from nf.pki.authority import key_usage
from nf.pki.certificate import UNREADABLE, extension
from nf.pki.interdict import MAX_VALIDITY, new_signer
from nf.pki.standing import TRUSTED
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
            x509.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://ocsp.test"))]),
        x509.CRLDistributionPoints([x509.DistributionPoint(
            [x509.UniformResourceIdentifier("http://crl.test")], None, None, None)]),
        x509.AuthorityKeyIdentifier(b"root's", None, None), x509.PolicyConstraints(0, None),
        x509.UnrecognizedExtension(x509.ExtensionOID.PRECERT_SIGNED_CERTIFICATE_TIMESTAMPS, b"\x04\x02\x00\x00"),
        x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.7"), b"\x05\x00")))
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


def test_serial_numbers_are_new_each_time_whoever_forges():
    with ThreadPoolExecutor(16) as pool:
        serials = list(pool.map(lambda _: forge(ROOT).serial_number, range(1000)))
    assert len(set(serials)) == 1000
    assert all(0 < serial < 1 << 159 for serial in serials)  # positive, in 20 octets
    assert all(any(serial >> bit & 1 for serial in serials) and not all(serial >> bit & 1 for serial in serials)
               for bit in range(158))  # no bit is fixed


@given(st.integers(-4000, 4000), st.integers(0, 4000), st.integers(-4000, 4000))
def test_validity_stays_within_the_origin_s_and_ours(begins, days, now):
    first = NOW + timedelta(days=begins)
    minted = mint("a.test", ROOT, begins=first, ends=first + timedelta(days=days))
    at = NOW + timedelta(days=now)
    origin, ours, forged = minted.certificate, OURS["ecdsa"].certificate, forge(minted, at=at)
    assert origin.not_valid_before_utc <= forged.not_valid_before_utc <= forged.not_valid_after_utc
    assert forged.not_valid_after_utc <= origin.not_valid_after_utc
    assert forged.not_valid_after_utc - forged.not_valid_before_utc <= MAX_VALIDITY
    valid = [one.not_valid_before_utc <= at <= one.not_valid_after_utc for one in (origin, ours, forged)]
    if origin.not_valid_before_utc <= ours.not_valid_after_utc and ours.not_valid_before_utc <= origin.not_valid_after_utc:
        assert ours.not_valid_before_utc <= forged.not_valid_before_utc
        assert forged.not_valid_after_utc <= ours.not_valid_after_utc
        assert valid[2] is (valid[0] and valid[1])
    elif at <= ours.not_valid_after_utc:
        assert valid[2] is valid[0]


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


@pytest.mark.parametrize(("odd", "kept"), [
    (b"safe\x00evil.test", ""), (b"safe\r\nSet-Cookie", ""), (b"\xe2\x80\xaetset.live.x", ""),
    ("Bücher und mehr".encode(), "CN=Bücher und mehr")])
def test_odd_subjects_are_copied_printable_or_not_at_all(odd, kept):
    old = b"safe-common-name"
    forged = forge(edited(mint(old.decode(), ROOT, (sans("a.test"),)), old, odd.ljust(len(old), b"x"), ROOT.key))
    assert forged.subject.rfc4514_string() == kept
    assert judge(forged.public_bytes(Encoding.DER), anchors=[OURS["ecdsa"].certificate.public_bytes(Encoding.DER)]).ok


def test_a_common_name_of_70_characters_is_no_obstacle():
    with pytest.warns(UserWarning, match="but it was 70"):
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x" * 70, _validate=False)])
    builder = x509.CertificateBuilder(ROOT.certificate.issuer, subject, ROOT.key.public_key(), 1, NOW, NOW + DAY)
    signed = builder.add_extension(sans("a.test"), critical=False).sign(ROOT.key, OURS["ecdsa"].digest)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what a server sends is no business of the operator's terminal
        forged = forge(signed.public_bytes(Encoding.DER))
    assert forged.public_bytes(Encoding.DER).count(b"x" * 70) == 1
    assert judge(forged.public_bytes(Encoding.DER), anchors=[OURS["ecdsa"].certificate.public_bytes(Encoding.DER)]).ok


@pytest.mark.parametrize("subject", ["a.test", ""])
@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_strict_clients_take_what_is_forged(kind, subject, tmp_path):
    now = datetime.now(UTC)
    signer = new_signer(create_authority("CA", kind, at=now))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)] if subject else [])
    builder = x509.CertificateBuilder(ROOT.certificate.issuer, name, ROOT.key.public_key(), 1, now - DAY, now + DAY)
    server = builder.add_extension(sans("a.test"), critical=not subject).sign(ROOT.key, OURS["ecdsa"].digest)
    forged = signer.forge(server, TRUSTED, now)
    chain = tmp_path / "chain.pem"
    chain.write_bytes(b"".join([forged.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
                                *(one.public_bytes(Encoding.PEM) for one in (forged.leaf, *forged.chain))]))
    client = ssl.create_default_context(cadata=signer.authority.certificate.public_bytes(Encoding.PEM).decode())
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    shake_hands(client, chain)


def shake_hands(client: ssl.SSLContext, chain: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain)
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(down, up, server_hostname="a.test"), server.wrap_bio(up, down, server_side=True)]
    for _ in range(4):
        for end in list(ends):
            with suppress(ssl.SSLWantReadError):
                end.do_handshake()
                ends.remove(end)
    assert not ends


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


def test_nothing_is_signed_outside_the_ca_s_name_constraints():
    minted = mint("Limited", None, (CA, x509.NameConstraints([x509.DNSName("test")], None)))
    ours = Authority(minted.certificate, minted.key)
    outside = mint("other.example", ROOT, (sans("other.example"),))
    with pytest.raises(ValueError, match="permit none of the server's names"):
        interdict(outside.certificate, ours, new_leaf_key(ours), NOW)
    nameless = mint("other.example", ROOT)
    assert interdict(nameless.certificate, ours, new_leaf_key(ours), NOW).subject == x509.Name([])
    above = Authority(OURS["ecdsa"].certificate, OURS["ecdsa"].key, (minted.certificate,))
    with pytest.raises(ValueError, match="permit none"):
        interdict(outside.certificate, above, KEYS["ecdsa"], NOW)


def test_leaf_and_ca_have_key_identifiers_of_their_own():
    certificate = forge(ROOT)
    held = extension(OURS["ecdsa"].certificate, x509.SubjectKeyIdentifier).digest
    assert extension(certificate, x509.AuthorityKeyIdentifier).key_identifier == held
    assert extension(certificate, x509.SubjectKeyIdentifier).digest not in (held, b"")


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
    except UNREADABLE:
        return
    assert interdict(odd, OURS["ecdsa"], KEYS["ecdsa"], NOW).issuer == OURS["ecdsa"].certificate.subject
