"""Reading one certificate, and the links between two."""

from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from nf.pki.certificate import read, read_ca, signed_by_ca
from tests.pki import factory
from tests.pki.factory import authority, edited, mint, server

ROOT = authority("Root", None, x509.SubjectKeyIdentifier(b"root"))


def key_id(identifier: bytes) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier(identifier, None, None)


def test_facts():
    root, leaf = read(ROOT.der), read(server(ROOT).der)
    assert root.self_issued
    assert not leaf.self_issued
    assert leaf.issuer == root.subject
    assert leaf.extension(x509.BasicConstraints) is None
    assert root.extension(x509.BasicConstraints).ca
    assert root == read(ROOT.der)
    assert len({root, leaf, read(ROOT.der)}) == 2


def test_links_by_name_key_identifier_and_signature():
    root, other = read(ROOT.der), read(authority("Other").der)
    for minted, named in ((server(ROOT), True), (server(ROOT, key_id(b"root")), True), (server(ROOT, key_id(b"wrong")), False)):
        leaf = read(minted.der)
        assert leaf.names(root) is named
        assert leaf.signed_by(root)
        assert not leaf.names(other)
        assert not leaf.signed_by(other)


def test_unknown_key_kind_is_read_without_a_key():
    leaf = mint("leaf", ROOT)
    unknown = read(edited(leaf, bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d030104"), ROOT.key))
    assert unknown is not None
    assert unknown.key is None


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(der):
    assert read(der) is None


def test_what_is_remembered_is_the_same():
    middle, leaf = (factory.MIDDLE, factory.LEAF)
    assert read_ca(middle.der) == read(middle.der)
    assert read_ca(middle.der) is read_ca(middle.der)
    assert read_ca(b"garbage") is None
    for issuer in (factory.MIDDLE, factory.ROOT):
        signer = read(issuer.der)
        assert signed_by_ca(read(leaf.der), signer) is read(leaf.der).signed_by(signer)
    filler = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), bytes(5000))
    large = mint("large", factory.MIDDLE, (filler,))
    assert read_ca(large.der) is not read_ca(large.der)
    assert signed_by_ca(read(large.der), read(middle.der))
