"""PEM text (RFC 7468): the DER blocks in it, without judging what they hold."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable

CERTIFICATE = "CERTIFICATE"
CRL = "X509 CRL"
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)


def blocks(text: bytes, label: str) -> list[bytes]:
    """The DER content of every block with this label, in order; ValueError where one is no base64 or has no end."""
    found, wrong = parts(text, label)
    if wrong:
        raise ValueError(wrong[0])
    return found


def write(ders: Iterable[bytes], label: str) -> bytes:
    """The text of DER blocks with this label."""
    name = label.encode()
    return b"".join(b"-----BEGIN %b-----\n%b-----END %b-----\n" % (name, _lines(der), name) for der in ders)


def parts(text: bytes, label: str) -> tuple[list[bytes], list[str]]:
    """The same of a text that may be half written or damaged: the blocks that are whole, and what is wrong with others."""
    bodies = [body for name, body in _BLOCK.findall(text) if name == label.encode()]
    wrong = [] if len(bodies) == text.count(f"-----BEGIN {label}-----".encode()) else [f"a {label} block has no end"]
    found = []
    for body in bodies:
        try:
            found.append(b64decode(b"".join(body.split()), validate=True))
        except binascii.Error as error:
            wrong.append(f"a block is not base64: {error}")
    return found, wrong


def _lines(der: bytes) -> bytes:
    text = b64encode(der)
    return b"".join(text[start:start + 64] + b"\n" for start in range(0, len(text), 64))
