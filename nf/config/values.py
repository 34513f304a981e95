"""Whether a value fits what the grammar says of it: enumerations, ranges, lengths and addresses."""

from collections.abc import Callable, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv6Address, NetmaskValueError, ip_address, ip_interface

from nf.config.grammar import Alternative, Word

_INTEGERS = {f"uint{bits}": f"0 .. {2 ** bits - 1}" for bits in (8, 16, 32, 64)} | {
    f"int{bits}": f"{-2 ** (bits - 1)} .. {2 ** (bits - 1) - 1}" for bits in (8, 16, 32, 64)}
_ADDRESSES: Mapping[str, tuple[Callable[[str], object], str]] = {
    "ipaddr": (ip_address, "an IP address"),
    "ipv4addr": (IPv4Address, "an IPv4 address"),
    "ipv6addr": (IPv6Address, "an IPv6 address"),
    "ipprefix": (ip_interface, "an IP prefix such as 192.0.2.0/24"),
}


def fault(word: Word, text: str, name: str = "") -> str | None:
    """What is wrong with a value, said as what was expected; None when it fits. `name` is a list's, for its key."""
    if word.enum:
        return None if text in word.enum else f"not a value of {name or word.name}" + _some(word.enum)
    if word.type in _ADDRESSES:
        return _address_fault(word.type, text)
    if word.type == "union":
        return _union_fault(word.union, text)
    if word.type in _INTEGERS:
        return _number_fault(word.range or _INTEGERS[word.type], text)
    return _length_fault(word.length, text)


def is_wildcard(text: str) -> bool:
    """Whether a name is a pattern such as `<ge-*>`, which configuration groups match names with."""
    return len(text) > 2 and text.startswith("<") and text.endswith(">")


def _some(enum: tuple[str, ...]) -> str:
    return ", expected " + " | ".join(enum) if len(enum) <= 8 else ""


def _address_fault(kind: str, text: str) -> str | None:
    parse, expected = _ADDRESSES[kind]
    try:
        parse(text)
    except (AddressValueError, NetmaskValueError, ValueError):
        return f"{expected} is expected"
    return None


def _union_fault(union: tuple[Alternative, ...], text: str) -> str | None:
    numbers = [kind for kind in union if kind.type in _INTEGERS]
    if len(numbers) + sum(bool(kind.pattern) for kind in union) < len(union):  # some other type: names, interfaces
        return None
    faults = [_number_fault(kind.range or _INTEGERS[kind.type], text) for kind in numbers]
    return None if None in faults or not faults else faults[0]


def _number_fault(limits: str, text: str) -> str | None:
    if not (text.isascii() and text.lstrip("-").isdigit() and len(text) <= 20):
        return f"a number is expected ({limits.replace(' .. ', '..')})"
    low, _, high = limits.partition(" .. ")
    if int(low) <= int(text) <= int(high or low):
        return None
    return f"out of range, {limits.replace(' .. ', '..')} is expected"


def _length_fault(length: str, text: str) -> str | None:
    low, _, high = length.partition(" .. ")
    if not length or int(low) <= len(text) <= int(high or low):
        return None
    return f"{low} to {high or low} characters are expected"
