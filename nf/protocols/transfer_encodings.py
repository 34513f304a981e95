"""What parts of mails are wrapped in (RFC 2045 §6): base64 and quoted-printable taken off as they come, in any cut."""

import binascii
import re
from typing import Final, Protocol

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NO_BASE64: Final = bytes(set(range(256)) - set(_ALPHABET) - {0x3D})
_UNSURE: Final = re.compile(rb"=[0-9A-Fa-f]?[ \t]{0,76}\r?\Z")  # the beginning of what "=" may mean


class Unwrapping(Protocol):
    """One part's encoding."""

    def decode(self, data: bytes, *, last: bool = False) -> bytes:
        """What these bytes stand for; with `last` also what was kept for those to come."""


class Plain:
    """7bit, 8bit, binary."""

    def decode(self, data: bytes, *, last: bool = False) -> bytes:  # noqa: ARG002
        """As it is."""
        return data


class Base64:
    """Padding ends one piece of base64 and another may follow; what is no base64 is overlooked."""

    def __init__(self) -> None:
        self._kept = b""

    def decode(self, data: bytes, *, last: bool = False) -> bytes:
        """Four characters at a time."""
        *ended, self._kept = (self._kept + data.translate(None, _NO_BASE64)).split(b"=")
        whole = len(self._kept) // 4 * 4
        out = b"".join(map(_padded, ended)) + binascii.a2b_base64(self._kept[:whole])
        self._kept = self._kept[whole:]
        return out + _padded(self._kept) if last else out


class QuotedPrintable:
    """Lines that are broken by "=", and octets in hexadecimal."""

    def __init__(self) -> None:
        self._kept = b""

    def decode(self, data: bytes, *, last: bool = False) -> bytes:
        """Up to a "=" of which it is not clear yet what it means."""
        data = self._kept + data
        unsure = None if last else _UNSURE.search(data, max(0, len(data) - 80))
        self._kept = data[unsure.start():] if unsure else b""
        return binascii.a2b_qp(data[:unsure.start()] if unsure else data)


def unwrapping(name: str) -> Unwrapping:
    """The encoding of this name; of one that is not known what comes is left as it is."""
    match name.strip().lower():
        case "base64":
            return Base64()
        case "quoted-printable":
            return QuotedPrintable()
    return Plain()


def _padded(rest: bytes) -> bytes:
    """One character alone stands for nothing."""
    whole = len(rest) // 4 * 4
    tail = rest[whole:] if len(rest) - whole > 1 else b""
    return binascii.a2b_base64(rest[:whole] + tail.ljust(4 if tail else 0, b"="))
