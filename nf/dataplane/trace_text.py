"""Events and commands of a session as words for its trace: what they say of bytes is how many there are, never which."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final, cast

from nf.log.records import LogRecord
from nf.log.render import printable
from nf.tls.client_hello import ClientHello
from nf.tls.parameters import TlsParameters

_NOTHING: Final[tuple[object, ...]] = (None, "", b"", (), frozenset())
LONGEST: Final = 200  # characters of one value; peers choose names
_MESSAGE: Final = "message"
_CLOCK: Final = "now"  # each line of a trace has its own time


def describe(fact: object) -> str:
    """An event or a command: its name, and what it carries; nothing where it carries nothing."""
    known = [(name, getattr(fact, name)) for name in _names(cast("Hashable", type(fact))) if name != _CLOCK]
    carried = ", ".join(f"{name}={value(found)}" for name, found in known if found not in _NOTHING)
    return f"{type(fact).__name__}({carried})" if carried else type(fact).__name__


def value(found: object) -> str:
    """One value. Text comes from the configuration, from names, or from our own messages, and is cut; bytes are counted."""
    shown = _SHOWN.get(type(found))
    if shown is not None:
        return shown(found)
    if isinstance(found, Enum):
        return str(found.value)
    return describe(found)


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    """The fields of a fact; what is none is not looked into."""
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind))
    names: tuple[str, ...] = getattr(kind, "__struct_fields__", ())
    return names


def _text(text: str) -> str:
    return printable(text[:LONGEST])


def _several(found: Any) -> str:
    return f"[{', '.join(map(value, found))}]"[:LONGEST]


def _count(content: bytes) -> str:
    return f"<{len(content)} bytes>"


def _hello(hello: ClientHello) -> str:
    names = ",".join(name.decode("ascii", "backslashreplace") for name in hello.alpn)
    versions = ",".join(f"{one:#06x}" for one in hello.versions)
    return (f"ClientHello(server_name={value(hello.server_name)}, versions={versions}, groups={len(hello.groups)}, "
            f"alpn={_text(names) or 'none'})")


def _record(record: LogRecord) -> str:
    message = dict(record.fields).get(_MESSAGE)
    return record.name if message is None else f"{record.name}: {value(message)}"


def _parameters(parameters: TlsParameters) -> str:
    return f"{parameters.version}/{parameters.cipher}/{parameters.alpn.decode('ascii', 'backslashreplace') or 'no ALPN'}"


_SHOWN: Final[Mapping[type, Callable[[Any], str]]] = {
    **dict.fromkeys((type(None), bool, int, float, IPv4Address, IPv6Address, datetime), str), str: _text, bytes: _count,
    **dict.fromkeys((tuple, list, frozenset), _several), ClientHello: _hello, LogRecord: _record,
    TlsParameters: _parameters}
