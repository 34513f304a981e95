"""The outer layers of DER, and what is no DER."""

import hashlib

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from nf.pki.tlv import dotted, elements, inner, key_bits
from tests.pki.factory import LEAF
from tests.pki.suite.der import integer, octets, oid, seq, tlv
from tests.pki.suite.workshop import spki


@given(st.lists(st.tuples(st.integers(1, 30), st.binary(max_size=300)), max_size=6))
def test_what_is_written_is_read(parts):
    made = seq(*(tlv(tag, content) for tag, content in parts))
    assert list(elements(inner(made))) == parts


@given(st.binary(max_size=60))
def test_bytes_that_are_no_der_are_a_value_error_at_most(data):
    try:
        rest = list(elements(data))
    except ValueError:
        return
    assert all(len(content) <= len(data) for _, content in rest)


@pytest.mark.parametrize("cut", [b"\x30", b"\x30\x05\x00", integer(5) + b"\x04", octets(bytes(300))[:-1],
                                 b"\x30\x84\xff\xff\xff\xff"])
def test_cut_short(cut):
    with pytest.raises(ValueError, match="cut off"):
        list(elements(cut))


def test_the_bits_of_a_key_are_those_that_key_identifiers_hash():
    digest = hashlib.sha1(key_bits(spki(LEAF.key)), usedforsecurity=False).digest()
    assert digest == x509.SubjectKeyIdentifier.from_public_key(LEAF.key.public_key()).digest


@given(st.integers(0, 2), st.integers(0, 39), st.lists(st.integers(0, 1 << 40), max_size=6))
def test_object_identifiers(first, second, rest):
    text = ".".join(map(str, (first, second, *rest)))
    assert dotted(inner(oid(text))) == text


@pytest.mark.parametrize("content", [b"", b"\x2a\x86"])
def test_object_identifiers_without_end(content):
    with pytest.raises(ValueError, match="no end"):
        dotted(content)
