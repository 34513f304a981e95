"""PEM text (RFC 7468): the DER blocks in it, without judging what they hold."""

import binascii
import re
from base64 import b64decode

CERTIFICATE = "CERTIFICATE"
CRL = "X509 CRL"
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)


def blocks(text: bytes, label: str) -> list[bytes]:
    """The DER content of every block with this label, in order; ValueError where one is no base64 or has no end."""
    found = [_decode(body) for name, body in _BLOCK.findall(text) if name == label.encode()]
    if len(found) != text.count(f"-----BEGIN {label}-----".encode()):
        raise ValueError(f"a {label} block has no end")
    return found


def _decode(body: bytes) -> bytes:
    try:
        return b64decode(b"".join(body.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"a block is not base64: {error}") from error
