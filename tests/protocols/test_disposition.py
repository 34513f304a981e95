"""Names and media types out of headers, as programs and attackers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.protocols.disposition import file_name, media_type, parameter


@pytest.mark.parametrize(("value", "name"), [
    ('attachment; filename="a b.exe"', "a b.exe"), ("attachment; filename=a.exe", "a.exe"),
    ("attachment;FileName = a.exe ; x=y", "a.exe"),
    ('form-data; name="f"; filename="C:\\dir\\a.exe"', "a.exe"), ('attachment; filename="../../a.exe"', "a.exe"),
    ('attachment; filename="q\\"uote.exe"', 'q"uote.exe'), ('attachment; filename="open.exe', "open.exe"),
    ("attachment; filename=a.txt; filename*=UTF-8''%E2%82%AC.exe", "€.exe"), ("attachment; filename*=bogus''a.exe", "a.exe"),
    ("attachment; filename*0=\"very\"; filename*1*=%20long.exe", "very long.exe"),
    ('attachment; filename="=?utf-8?B?ZXZpbC5leGU=?="', "evil.exe"), ('attachment; filename="=?bogus?X?a?="', "=?bogus?X?a?="),
    ('attachment; filename="caf\xc3\xa9.exe"', "café.exe"), ("inline", ""), ("", "")])
def test_file_names(value: str, name: str) -> None:
    assert file_name((("content-disposition", value),)) == name


def test_the_content_type_may_name_the_file_as_well() -> None:
    headers = (("content-type", 'Application/PDF ; name="a.pdf"; boundary="x;y"'),)
    assert (media_type(headers), file_name(headers)) == ("application/pdf", "a.pdf")
    assert parameter(headers, "content-type", "boundary") == "x;y"
    assert (media_type(()), parameter((), "content-type", "boundary")) == ("", "")


@given(st.text(max_size=60))
def test_any_text_is_read(value: str) -> None:
    headers = (("content-disposition", value), ("content-type", value))
    assert "/" not in file_name(headers)
    media_type(headers)
