"""The kinds of values that commands take."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Final

from nf.cli.operate.grammar import Value

LONGEST_PATTERN: Final = 256  # characters
_PROTOCOLS: Final = {"icmp": 1, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "icmp6": 58, "sctp": 132}


def number(label: str, low: int, high: int) -> Value:
    """A whole number of that range."""
    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal()) or not low <= int(text[:20]) <= high:
            raise ValueError(f"expected a number from {low} to {high}")
        return int(text)

    return Value(label, read)


def one_of(*words: str) -> Value:
    """One of some words."""
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"expected {' or '.join(words)}")
        return text

    return Value(f"<{'|'.join(words)}>", read)


def name(label: str, names: str = "") -> Value:
    """A name of the configuration."""
    return Value(label, _text(63), names)


def _text(longest: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not 0 < len(text) <= longest:
            raise ValueError(f"expected 1 to {longest} characters")
        return text

    return read


def _prefix(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise ValueError("expected an address or prefix, such as 192.0.2.0/24") from None


def _protocol(text: str) -> int:
    if text.lower() in _PROTOCOLS:
        return _PROTOCOLS[text.lower()]
    if text.isascii() and text.isdecimal() and int(text[:4]) <= 255:
        return int(text)
    raise ValueError(f"expected a number up to 255, or {', '.join(_PROTOCOLS)}")


PREFIX: Final = Value("<prefix>", _prefix)
PROTOCOL: Final = Value("<protocol>", _protocol)
PORT: Final = number("<port>", 0, 65535)
COUNT: Final = number("<number>", 0, 2**63 - 1)
SECONDS: Final = number("<seconds>", 0, 2**31)
SESSION: Final = number("<session-identifier>", 1, 2**63 - 1)
PATTERN: Final = Value("<pattern>", _text(LONGEST_PATTERN))
ZONE: Final = name("<zone-name>", "zone")
POLICY: Final = name("<policy-name>", "policy")
LOGICAL_SYSTEM: Final = name("<logical-system-name>", "logical-system")
TENANT: Final = name("<tenant-name>", "tenant")
INTERFACE: Final = name("<interface-name>", "interface")
PROFILE: Final = name("<profile-name>", "profile")
CERTIFICATE: Final = name("<certificate-id>", "certificate")
