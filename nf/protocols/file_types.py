"""What a file is by its first bytes, whatever its name and its sender say."""

import re
from typing import Final

HEAD: Final = 4096  # bytes; more do not change what is found
_PLAIN: Final = 512  # bytes; more only tell what is inside of a container

_ZIP, _OLE, _CAFE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), bytes.fromhex("cafebabe")
_MAGIC: Final[tuple[tuple[str, int, bytes], ...]] = (
    ("elf", 0, b"\x7fELF"), ("gzip", 0, b"\x1f\x8b\x08"), ("bzip2", 0, b"BZh"), ("xz", 0, b"\xfd7zXZ\0"),
    ("zstd", 0, b"\x28\xb5\x2f\xfd"), ("7z", 0, b"7z\xbc\xaf\x27\x1c"), ("rar", 0, b"Rar!\x1a\x07"), ("cab", 0, b"MSCF"),
    ("zip", 0, _ZIP), ("zip", 0, b"PK\x05\x06"), ("ole", 0, _OLE), ("macho", 0, b"\xcf\xfa\xed\xfe"),
    ("macho", 0, b"\xce\xfa\xed\xfe"), ("exe", 0, b"MZ"), ("tar", 257, b"ustar"),
    ("pdf", 0, b"%PDF-"), ("ps", 0, b"%!PS"), ("rtf", 0, b"{\\rtf"),
    ("png", 0, b"\x89PNG\r\n\x1a\n"), ("jpeg", 0, b"\xff\xd8\xff"), ("gif", 0, b"GIF87a"), ("gif", 0, b"GIF89a"),
    ("tiff", 0, b"II*\0"), ("tiff", 0, b"MM\0*"), ("ico", 0, b"\0\0\1\0"), ("mp3", 0, b"ID3"), ("ogg", 0, b"OggS"),
    ("flac", 0, b"fLaC"), ("mkv", 0, b"\x1aE\xdf\xa3"), ("mp4", 4, b"ftyp"), ("wasm", 0, b"\0asm"), ("dex", 0, b"dex\n"),
    ("lnk", 0, b"L\0\0\0\x01\x14\x02\0"), ("sqlite", 0, b"SQLite format 3\0"), ("swf", 0, b"FWS"), ("swf", 0, b"CWS"),
    ("pcap", 0, b"\xd4\xc3\xb2\xa1"), ("pcapng", 0, b"\x0a\x0d\x0d\x0a"), ("chm", 0, b"ITSF"), ("rpm", 0, b"\xed\xab\xee\xdb"),
    ("deb", 0, b"!<arch>\ndebian"), ("script", 0, b"#!"),
)
_RIFF: Final = {b"WAVE": "wav", b"AVI ": "avi", b"WEBP": "webp"}
_IN_ZIP: Final = ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx"), (b"AndroidManifest.xml", "apk"),
                  (b"META-INF/MANIFEST.MF", "jar"), (b"mimetypeapplication/vnd.oasis", "odf"),
                  (b"mimetypeapplication/epub", "epub"))
_IN_OLE: Final = ((b"W\0o\0r\0d\0D\0o\0c\0", "doc"), (b"W\0o\0r\0k\0b\0o\0o\0k\0", "xls"),
                  (b"P\0o\0w\0e\0r\0P\0o\0i\0n\0t\0", "ppt"), (b"_\0_\0s\0u\0b\0s\0t\0g\0", "msg"))
_HTML: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*<(?:!doctype html|html|head|body|script)[ \t\r\n>]", re.IGNORECASE)
_SVG: Final = re.compile(rb"[^<]{0,64}(?:<[?!][^>]*>[^<]{0,64})*<svg[ \t\r\n>]")
_XML: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*<\?xml[ \t\r\n]", re.IGNORECASE)
_TEXTS: Final = (("html", _HTML.match), ("svg", _SVG.match), ("xml", _XML.match))

FILE_TYPES: Final = tuple(sorted({name for name, _, _ in _MAGIC} | set(_RIFF.values()) | {
    name for _, name in (*_IN_ZIP, *_IN_OLE)} | {"class", "html", "xml", "svg"}))

_CONTAINERS: Final = frozenset({"zip", "ole", *(name for _, name in (*_IN_ZIP, *_IN_OLE))})


def file_type(head: bytes) -> str:
    """The type of a file with these first HEAD bytes, or all there are; "" for one that is none of FILE_TYPES.

    >>> file_type(b"MZ" + bytes(62)), file_type(b"hello")
    ('exe', '')
    """
    head = head[:HEAD]
    found = next((name for name, at, magic in _MAGIC if head.startswith(magic, at)), "")
    if found == "zip":
        return next((name for mark, name in _IN_ZIP if mark in head), found)
    if found == "ole":
        return next((name for mark, name in _IN_OLE if mark in head), found)
    return found or _otherwise(head)


def settled(head: bytes) -> bool:
    """Whether more bytes would not change its type."""
    found = file_type(head)
    if found == "xml" and len(head) < _PLAIN:  # it may be SVG
        return False
    return len(head) >= (HEAD if found in _CONTAINERS else 0 if found else _PLAIN)


def _otherwise(head: bytes) -> str:
    """What a few bytes at one place do not tell."""
    if head[:4] == _CAFE and len(head) >= 8:  # Java's classes have a version above 44 there, Mach-O's a number of architectures
        return "class" if int.from_bytes(head[4:8]) > 40 else "macho"
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "")
    return next((name for name, match in _TEXTS if match(head[:_PLAIN])), "")
