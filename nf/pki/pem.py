"""PEM text (RFC 7468): the DER blocks in it, without judging what they hold."""

import binascii
import re
from base64 import b64decode

CERTIFICATE = "CERTIFICATE"
CRL = "X509 CRL"
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)


def blocks(text: bytes, label: str) -> list[bytes]:
    """The DER content of every block with this label, in order; ValueError where one is no base64 or has no end."""
    found, wrong = parts(text, label)
    if wrong:
        raise ValueError(wrong[0])
    return found


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
