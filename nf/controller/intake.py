"""Reads of a switch's messages only those that this controller asks for, and only where their lengths lead somewhere.

os-ken's parsers follow a list of zero-length elements for ever (seen in 4.2.2: hello elements, queue properties), so a
single message from whoever can connect would take a processor for good, and with hellos all memory too.
"""

import logging
import struct
from importlib import import_module
from typing import Any

_VERSION = 4  # OpenFlow 1.3
_HELLO, _MULTIPART_REPLY, _PORT_DESC = 0, 19, 13
# error, echo request and reply, features reply, port status, barrier reply
_PLAIN = frozenset({1, 2, 3, 6, 12, 21})
_PACKET_IN = 10
_HEADER, _MULTIPART_HEADER, _PORT, _ELEMENT_HEADER, _PACKET_IN_HEADER = 8, 16, 64, 4, 24  # bytes


def worth_reading(version: int, kind: int, message: bytes) -> bool:
    """Whether a message, whole and with its header, is one that this controller has a use for."""
    if kind == _HELLO:
        return _elements_lead_on(message[_HEADER:])  # its version is what the switch would like to speak
    if version != _VERSION:
        return False
    if kind == _MULTIPART_REPLY:
        return (len(message) >= _MULTIPART_HEADER and struct.unpack_from("!H", message, _HEADER) == (_PORT_DESC,)
                and (len(message) - _MULTIPART_HEADER) % _PORT == 0)
    return _match_ends_within(message) if kind == _PACKET_IN else kind in _PLAIN


def _elements_lead_on(elements: bytes) -> bool:
    """Whether every hello element is at least its own header and ends within the message (OpenFlow 1.3.5 §7.5.1)."""
    while elements:
        if len(elements) < _ELEMENT_HEADER:
            return False
        length = int.from_bytes(elements[2:4])
        if not _ELEMENT_HEADER <= length <= len(elements):
            return False
        elements = elements[-(-length // 8) * 8:]  # padded to eight bytes
    return True


def _match_ends_within(packet_in: bytes) -> bool:
    """Whether the match of a packet-in ends within it; its fields lead on by themselves (OpenFlow 1.3.5 §7.4.1)."""
    if len(packet_in) < _PACKET_IN_HEADER + 8:
        return False
    length = int.from_bytes(packet_in[_PACKET_IN_HEADER + 2:_PACKET_IN_HEADER + 4])
    return length >= _ELEMENT_HEADER and _PACKET_IN_HEADER + -(-length // 8) * 8 + 2 <= len(packet_in)


def guard() -> None:
    """Put this before os-ken's parsers, and their complaints into one line; doing it again changes nothing."""
    parser: Any = import_module("os_ken.ofproto.ofproto_parser")
    if getattr(parser.msg, "guarded", False):
        return
    read = parser.msg

    def read_if_worth_it(datapath: Any, version: int, kind: int, length: int, xid: int, data: bytearray) -> Any:
        message = bytes(data[:length])
        return read(datapath, version, kind, length, xid, data) if worth_reading(version, kind, message) else None

    vars(read_if_worth_it)["guarded"] = True
    parser.msg = read_if_worth_it
    logging.getLogger(parser.__name__).addFilter(_in_one_line)


def _in_one_line(record: logging.LogRecord) -> bool:
    record.exc_info = None
    record.msg, record.args = "a switch sent a malformed OpenFlow message, which is ignored", ()
    return True
