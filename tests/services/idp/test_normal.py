"""What servers may take a request's bytes for."""

from urllib.parse import unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.services.idp.normal import FormText, straightened, unescaped, uris
from tests.tls.hello_bytes import pieces

TEXTS = st.lists(st.sampled_from([b"%", b"41", b"u", b"u0041", b"%2", b"%25", b"+", b"a", b"%zz", b"%uff1c"]),
                 min_size=1).map(b"".join)


@pytest.mark.parametrize(("escaped", "plain"), [
    (b"%41%62", b"Ab"), (b"%2541", b"A"), (b"%252541", b"A"), (b"%25252541", b"%41"), (b"%u0041", b"A"), (b"%uff1cx", b"<x"),
    (b"%c0%ae%c0%af", b"./"), (b"100%", b"100%"), (b"%zz%4", b"%zz%4"), (b"%u12zz", b"%u12zz")])
def test_escapes(escaped: bytes, plain: bytes) -> None:
    assert unescaped(escaped) == plain


@pytest.mark.parametrize(("path", "straight"), [
    (b"/a/./b//c", b"/a/b/c"), (b"/a/../b", b"/b"), (b"/../../b", b"/b"), (b"\\a\\..\\b", b"/b"), (b"/a/b/..", b"/a"),
    (b"/a.b/.c", b"/a.b/.c")])
def test_paths(path: bytes, straight: bytes) -> None:
    assert straightened(path) == straight


def test_what_a_target_may_mean() -> None:
    assert uris(b"/a/../b?x=1+2%2b3") == (b"/a/../b?x=1+2+3", b"/a/../b?x=1 2+3", b"/b?x=1+2+3")
    assert uris(b"/plain") == (b"/plain",)


@given(text=TEXTS, cuts=st.lists(st.integers(0, 40), max_size=6))
def test_a_form_is_the_same_text_in_any_cut(text: bytes, cuts: list[int]) -> None:
    def read(parts: list[bytes]) -> bytes:
        form, found = FormText(), b""
        for part in parts:
            found += form.read(part)
            form.keep(part)
        return found + form.rest

    assert read(list(pieces(text, cuts))) == read([text])


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)).filter(lambda text: "%" not in text))
def test_a_form_reads_as_its_readers_do(text: str) -> None:
    assert FormText().read(text.encode()).decode() == unquote_plus(text)


@given(text=TEXTS, length=st.integers(0, 30))
def test_how_many_bytes_a_text_takes(text: bytes, length: int) -> None:
    form = FormText()
    taken = form.taken(length, text)
    assert len(form.read(text[:taken])) >= min(length, len(form.read(text)))
    assert not taken or len(form.read(text[:taken - 1])) < length
