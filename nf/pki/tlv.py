"""The outer layers of DER (X.690), for the few fields that the parser reads without telling how they were written."""

from collections.abc import Iterator

MAX_IDENTIFIER = 64  # octets
INTEGER, BIT_STRING, GENERALIZED_TIME, UTC_TIME = 0x02, 0x03, 0x18, 0x17


def elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element in turn; ValueError where the lengths do not fit."""
    offset = 0
    while offset < len(content):
        tag, inside, after = _header(content, offset)
        yield tag, content[inside:after]
        offset = after


def inner(der: bytes) -> bytes:
    """The content of the one element that the bytes are."""
    _, inside, after = _header(der, 0)
    return der[inside:after]


def _header(content: bytes, offset: int) -> tuple[int, int, int]:
    if offset + 2 > len(content):
        raise ValueError("an element is cut off")
    length, inside = content[offset + 1], offset + 2
    if length & 0x80:
        octets = length & 0x7F
        length = int.from_bytes(content[inside:inside + octets], "big")
        inside += octets
    if inside + length > len(content):
        raise ValueError("an element is cut off")
    return content[offset], inside, inside + length


def key_bits(spki: bytes) -> bytes:
    """The content of a SubjectPublicKeyInfo's key, which OCSP hashes (RFC 6960 §4.1.1)."""
    return next(content for tag, content in elements(inner(spki)) if tag == BIT_STRING)[1:]


def dotted(content: bytes) -> str:
    """An OBJECT IDENTIFIER's content in dotted form; ValueError where it has no end."""
    if len(content) > MAX_IDENTIFIER:
        raise ValueError("an object identifier has no end within reason")
    numbers, value = [], 0
    for octet in content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(value)
            value = 0
    if not content or content[-1] & 0x80:
        raise ValueError("an object identifier has no end")
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))
