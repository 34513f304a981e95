"""Which names a certificate proves."""

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from nf.pki.names import reference_identity
from tests.pki.factory import authority, edited, judge, mint, sans

ROOT = authority("Root")


def proves(san: str, asked: str) -> bool:
    """Whether a chain whose leaf holds this one name is accepted for the name asked for."""
    return judge(mint("leaf", ROOT, (sans(san),)), anchors=[ROOT], name=asked).ok


@pytest.mark.parametrize(("san", "asked"), [
    ("a.test", "a.test"), ("a.test", "A.TEST"), ("A.Test", "a.test"), ("a.test", "a.test."), ("*.a.test", "b.a.test"),
    ("xn--bcher-kva.test", "xn--bcher-kva.test"), ("192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:DB8:0::1"),
    ("localhost", "localhost")])
def test_right_names(san, asked):
    assert proves(san, asked)


@pytest.mark.parametrize(("san", "asked"), [
    ("a.test", "b.test"), ("a.test", "b.a.test"), ("*.a.test", "a.test"), ("*.a.test", "c.b.a.test"), ("*.a.test", "*.a.test"),
    ("*", "a"), ("*", "a.test"), ("*.test", "a.test"), ("f*.a.test", "foo.a.test"), ("b.*.test", "b.a.test"),
    ("*.*.test", "b.a.test"), ("192.0.2.1", "192.0.2.2"), ("a.test", "192.0.2.1"), ("192.0.2.1", "a.test"),
    ("a_b.test", "a_b.test"), ("*.a.test", "x_y.a.test"), ("a.test", ""),
    ("a.test", "."), ("a.test", "a..test"), ("a.test", "-a.test"),
    ("k.test", "\u212a.test"), ("xn--bcher-kva.test", "bücher.test"), ("a.test", "a.test\x00"), ("a.test", "a.test\n")])
def test_wrong_names(san, asked):
    verdict = judge(mint("leaf", ROOT, (sans(san),)), anchors=[ROOT], name=asked)
    assert verdict.message == "certificate error: hostname mismatch"


def test_an_address_written_as_a_dns_name_proves_nothing():
    leaf = mint("leaf", ROOT, (x509.SubjectAlternativeName([x509.DNSName("192.0.2.1")]),))
    assert not judge(leaf, anchors=[ROOT], name="192.0.2.1").ok


def test_common_name_alone_proves_nothing():
    assert not judge(mint("a.test", ROOT), anchors=[ROOT], name="a.test").ok
    assert judge(mint("a.test", ROOT), anchors=[ROOT], name=None).ok


def test_nul_inside_a_name():
    leaf = edited(mint("leaf", ROOT, (sans("a.test.b.test"),)), b"a.test.b", b"a.test\x00b", ROOT.key)
    for name in ("a.test", "a.test\x00b.test"):
        assert not judge(leaf, anchors=[ROOT], name=name).ok


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    found = reference_identity(text)
    assert found is None or reference_identity(str(found.value)) == found
