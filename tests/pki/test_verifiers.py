"""What only the verifiers know: path lengths, name constraints, critical extensions; and what private CAs may leave out."""

from ipaddress import ip_network

import pytest
from cryptography import x509

from nf.pki import AuthFailure
from tests.pki.factory import CA, CRITICAL, MIDDLE, ROOT, UNKNOWN, authority, edited, mint, reason, server


def test_path_length():
    short = mint("Short", ROOT, (x509.BasicConstraints(ca=True, path_length=0),))
    below = authority("Below", short)
    assert reason(server(short), short) is None
    assert reason(server(below), below, short) is AuthFailure.PATH_LENGTH


@pytest.mark.parametrize(("constraints", "name", "expected"), [
    (x509.NameConstraints([x509.DNSName("test")], None), "a.test", None),
    (x509.NameConstraints([x509.DNSName("other")], None), "a.test", AuthFailure.NAME_CONSTRAINT),
    (x509.NameConstraints(None, [x509.DNSName("a.test")]), "a.test", AuthFailure.NAME_CONSTRAINT),
    (x509.NameConstraints(None, [x509.DNSName("b.a.test")]), "*.a.test", AuthFailure.NAME_CONSTRAINT),
    (x509.NameConstraints(None, [x509.IPAddress(ip_network("192.0.2.0/24"))]), "192.0.2.1",
     AuthFailure.NAME_CONSTRAINT)])
@pytest.mark.parametrize("named", [True, False])
def test_name_constraints(constraints, name, expected, named):
    root = authority("Root", None, constraints, critical=(x509.BasicConstraints, x509.NameConstraints))
    asked = name.replace("*", "c") if named else None
    assert reason(server(root, name=name), anchors=[root], name=asked) is expected


def test_unknown_critical_extension_on_the_path():
    assert reason(server(MIDDLE, UNKNOWN, critical=CRITICAL), MIDDLE) is AuthFailure.BAD_EXTENSION
    middle = mint("Middle", ROOT, (CA, UNKNOWN), critical=CRITICAL)
    assert reason(server(middle), middle) is AuthFailure.BAD_EXTENSION
    root = mint("Root", None, (CA, UNKNOWN), critical=CRITICAL)
    assert reason(server(root), anchors=[root]) is AuthFailure.BAD_EXTENSION
    assert reason(server(MIDDLE, UNKNOWN), MIDDLE) is None


def test_duplicate_extension():
    leaf = server(ROOT, x509.SubjectKeyIdentifier(b"12345678901234567890"))
    assert reason(leaf) is None
    assert reason(edited(leaf, bytes.fromhex("0603551d0e"), bytes.fromhex("0603551d11"), ROOT.key)) is AuthFailure.MALFORMED


def test_private_ca_without_key_identifiers_and_with_uncritical_constraints():
    root = authority("Root", critical=())
    assert reason(server(root), anchors=[root]) is None
