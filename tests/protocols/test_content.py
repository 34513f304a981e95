"""Content without its codings: in any cut, of any coding, and within limits."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from nf.protocols.codings import decoder
from nf.protocols.content import FREE, MOST_TIMES
from nf.protocols.items import Anomaly, Body, Item
from tests.protocols.reading import C2S, S2C, Said, content, cuts_of, found, kinds, of

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def br(data: bytes) -> bytes:
    return bytes(brotli.compress(data, quality=5))


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress, "br": br, "zstd": zstandard.compress,
    "gzip, br": lambda data: br(gzip.compress(data)), "identity": bytes}


def raw_deflate(data: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(data) + packing.flush()


def response(coding: str, data: bytes) -> Said:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(data)}\r\n\r\n"
    return [(C2S, GET), (S2C, head.encode() + data)]


def coded(items: list[Item]) -> bytes:
    return b"".join(one.coded for one in of(Body, items))


@pytest.mark.parametrize("coding", CODINGS)
@given(plain=st.binary(max_size=3000), data=st.data())
def test_what_was_coded_comes_out_in_any_cut(coding: str, plain: bytes, data: st.DataObject) -> None:
    packed = CODINGS[coding](plain)
    said = response(coding, packed)
    items = found(said, data.draw(cuts_of(said)))
    assert content(items, 1, S2C) == plain
    assert coded(items) == packed
    assert not kinds(items)


def test_deflate_without_zlib_s_header_and_gzip_in_two_members() -> None:
    assert content(found(response("deflate", raw_deflate(b"hello"))), 1, S2C) == b"hello"
    assert content(found(response("gzip", gzip.compress(b"one ") + gzip.compress(b"two") + b"garbage")), 1, S2C) == b"one two"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("cut", [1, 700, 10**9])
def test_a_bomb_is_given_up_but_goes_on_as_it_came(coding: str, cut: int) -> None:
    data = CODINGS[coding](bytes(16 << 20))
    said = response(coding, data)
    items = found(said, range(cut, len(GET) + len(said[1][1]), cut))
    assert kinds(items) == ["bomb"]
    assert len(content(items, 1, S2C)) <= FREE + MOST_TIMES * len(data)
    assert max(len(one.data) for one in of(Body, items)) <= 1 << 20
    assert coded(items) == data


@pytest.mark.parametrize("cut", [1, 5, 10**9])
def test_what_a_broken_stream_said_before_it_broke_is_told(cut: int) -> None:
    data = bytearray(gzip.compress(b"evil script"))
    data[-1] ^= 1  # its length
    said = response("gzip", bytes(data))
    items = found(said, range(cut, 300, cut))
    assert content(items, 1, S2C) == b"evil script"
    assert kinds(items) == ["malformed"]


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
@pytest.mark.parametrize("cut", [1, 100, 10**9])
def test_content_that_is_in_no_coding_goes_on_as_it_came(coding: str, cut: int) -> None:
    plain = b"<html>" * 300
    items = found(response(coding, plain), range(cut, 2000, cut))
    assert content(items, 1, S2C) == plain
    assert kinds(items) == ["malformed"]


def test_an_unknown_coding_is_told_once() -> None:
    items = found(response("gzip, secret", b"some content"), [100])
    assert kinds(items) == ["coding"]
    assert content(items, 1, S2C) == b"some content"
    assert decoder(["gzip"] * 4) is None


def test_a_transfer_coding_is_taken_off_like_one_of_the_content() -> None:
    data = gzip.compress(b"hello")
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    said = [(C2S, GET), (S2C, head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data))]
    assert content(found(said), 1, S2C) == b"hello"
    assert not of(Anomaly, found(said))
