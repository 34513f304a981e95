"""One CRL: what makes it useless, what keeps it from clearing a certificate, whom its scope covers."""

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, mldsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from nf.pki.certificate import read
from nf.pki.crl import read_crl, read_list
from tests.pki.factory import DAY, authority
from tests.pki.suite.lists import crl, entry, points, scope
from tests.pki.suite.workshop import NOW, Ext, leaf, root

TOP = root()
PLAIN = crl(TOP, [1, 2])
LATE = datetime(2055, 1, 1, tzinfo=UTC)


def test_reading():
    assert read_crl(PLAIN) is not None
    assert read_crl(TOP.der) is None
    assert read_list(b"") is None
    found = read_list(PLAIN)
    assert found.issuer == TOP.subject
    assert found.flaw == found.gap == ""
    assert found.current(NOW)
    assert not found.current(LATE)


@pytest.mark.parametrize(("made", "words"), [
    (crl(TOP, more=[Ext("1.3.6.1.4.1.99999.1", b"", True)]), "extension 1.3.6.1.4.1.99999.1 is critical"),
    (crl(TOP, more=[Ext("2.5.29.28", scope(users=True).content)]), "extension 2.5.29.28 is not critical"),
    (crl(TOP, [entry(5, Ext("1.3.6.1.4.1.99999.1", b"", True))]), "an entry asks for what is not known"),
    (crl(TOP, version=None), "it has extensions and is of version 1"), (crl(TOP, version=0), None),
    (crl(TOP).replace(b"\x17\x0d260602120000Z", b"\x18\x0d260602120000Z"), None)])
def test_flaws(made, words):
    found = read_list(made)
    assert (found.flaw if found else None) == words


def test_dates_from_2050_on_are_written_in_full():
    assert read_list(crl(TOP, ends=LATE)).flaw == ""


@pytest.mark.parametrize(("made", "words"), [
    (crl(TOP, number=None), "it has extensions and no number"), (crl(TOP, ends=None),
                                                                 "it does not say when the next one comes"),
    (crl(TOP, more=[scope(indirect=True)]), "it is indirect"), (crl(TOP, more=[scope(reasons=True)]),
                                                                "it is for some reasons alone"),
    (crl(TOP, more=[Ext("2.5.29.27", b"\x02\x01\x01", True)]), "it is a delta")])
def test_gaps(made, words):
    assert read_list(made).gap == words


def test_scopes():
    here = [x509.UniformResourceIdentifier("http://a.test/crl")]
    pointed, plain = (read(leaf(TOP, more=more).der) for more in ([points(*here)], []))
    part = read_list(crl(TOP, more=[scope(names=["http://a.test/crl", "http://b.test/crl"])]))
    assert part.covers(pointed)
    assert not part.covers(plain)
    hosts = read(leaf(TOP, more=[points(*here, x509.DNSName("a.test"))]).der)
    assert not part.covers(hosts)
    relative = read_list(crl(TOP, more=[scope(relative=True)]))
    near = x509.RelativeDistinguishedName([x509.NameAttribute(x509.NameOID.COMMON_NAME, "part")])
    point = x509.CRLDistributionPoints([x509.DistributionPoint(None, near, None, None)])
    assert relative.covers(read(leaf(TOP, more=[Ext("2.5.29.31", point.public_bytes())]).der))
    assert not relative.covers(plain)


@given(st.integers(0, len(PLAIN) - 1), st.integers(1, 255))
def test_a_changed_byte_never_raises_and_never_counts(position, mask):
    made = bytearray(PLAIN)
    made[position] ^= mask
    found = read_list(bytes(made))
    assert found is None or found.flaw or not found.signed_by(read(TOP.der)) or found.issuer != TOP.subject


def test_signers():
    found = read_list(PLAIN)
    assert found.signed_by(read(TOP.der))
    assert not found.signed_by(read(root().der))
    assert not found.signed_by(read(root(key=dsa.generate_private_key(2048)).der))
    key = mldsa.MLDSA44PrivateKey.generate()
    top = authority("PQ", key=key)
    names = x509.CertificateRevocationListBuilder().issuer_name(top.certificate.subject)
    made = names.last_update(NOW - DAY).next_update(NOW + DAY).sign(key, None).public_bytes(Encoding.DER)
    assert read_list(made).signed_by(read(top.der))
    assert not read_list(made).signed_by(read(TOP.der))
