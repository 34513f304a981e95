"""PEM text and the blocks in it."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.pki import pem


@given(st.lists(st.binary(max_size=200), max_size=4))
def test_blocks_come_back_in_order_among_other_text(ders):
    text = "".join(f"subject=x\n{ssl.DER_cert_to_PEM_cert(der)}\r\n" for der in ders).encode()
    assert pem.blocks(text + b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", pem.CERTIFICATE) == ders
    assert pem.blocks(text, pem.CRL) == []


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(text):
    for marked in (text, b"-----BEGIN CERTIFICATE-----" + text + b"-----END CERTIFICATE-----"):
        try:
            found = pem.blocks(marked, pem.CERTIFICATE)
        except ValueError:
            continue
        assert len(found) == marked.count(b"-----BEGIN CERTIFICATE-----")


def test_block_without_end():
    with pytest.raises(ValueError, match="has no end"):
        pem.blocks(ssl.DER_cert_to_PEM_cert(b"one").encode() + b"-----BEGIN CERTIFICATE-----\nAAAA", pem.CERTIFICATE)


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=4))
def test_what_is_written_is_read(ders):
    text = pem.write(ders, pem.CRL)
    assert pem.blocks(text, pem.CRL) == ders
    assert all(len(line) <= 64 for line in text.splitlines())


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=4), st.integers(0, 1000))
def test_of_a_half_written_text_the_whole_blocks_are_left(ders, length):
    text = pem.write(ders, pem.CERTIFICATE)[:length]
    found, wrong = pem.parts(text, pem.CERTIFICATE)
    assert found == ders[:len(found)]
    assert len(found) == text.count(b"-----END CERTIFICATE-----")
    assert bool(wrong) is (text.count(b"-----BEGIN CERTIFICATE-----") > len(found))
