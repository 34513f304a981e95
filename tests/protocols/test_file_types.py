"""What files are by their first bytes."""

import io
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.protocols.file_types import FILE_TYPES, HEAD, file_type, settled


def archive(*names: str) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as opened:
        for name in names:
            opened.writestr(name, "x" * 100)
    return whole.getvalue()


HEADS = [
    (b"MZ\x90\0" + bytes(60), "exe"), (archive("a.txt"), "zip"), (archive("[Content_Types].xml", "word/document.xml"), "docx"),
    (archive("[Content_Types].xml", "xl/workbook.xml"), "xlsx"), (archive("META-INF/MANIFEST.MF", "A.class"), "jar"),
    (bytes.fromhex("cafebabe00000034"), "class"), (bytes.fromhex("cafebabe00000002"), "macho"), (b"%PDF-1.7\n", "pdf"),
    (b"MSCF\0\0\0\0", "cab"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\0\0\0\x20ftypisom", "mp4"), (b"RIFF\0\0\0\0WEBPVP8", "webp"),
    (bytes(257) + b"ustar\0", "tar"), (b"\xef\xbb\xbf \n<!DOCTYPE html>", "html"), (b"<HTML >", "html"),
    (b"<?xml version='1.0'?>\n<!-- x --><svg xmlns='y'>", "svg"), (b"<?xml version='1.0'?><a/>", "xml"),
    (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500) + "WordDocument".encode("utf-16-le"), "doc"), (b"#!/bin/sh\n", "script"),
    (b"", ""), (b"hello", ""), (b"B", ""), (b"<htmlx>", "")]


@pytest.mark.parametrize(("head", "name"), HEADS)
def test_each_is_known_by_its_beginning(head: bytes, name: str) -> None:
    assert file_type(head) == name
    assert name in {"", *FILE_TYPES}


def test_a_program_of_this_machine_is_known() -> None:
    assert file_type(Path(sys.executable).read_bytes()[:HEAD]) == "elf"


@given(st.sampled_from([head for head, _ in HEADS]), st.binary(max_size=600), st.integers(0, 700))
def test_once_settled_more_bytes_change_nothing(head: bytes, more: bytes, size: int) -> None:
    whole = head + more
    if settled(whole[:size]):
        assert file_type(whole) == file_type(whole[:size])
    assert settled(whole.ljust(HEAD, b"x"))
