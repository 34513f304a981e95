"""Flow entries as wishes: plain facts that no switch has seen yet; every field is a number, as on the wire."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Purpose(Enum):
    """What an entry is for: (number in the cookie, words for the operator)."""

    TABLE_MISS = 0, "nothing else fits: dropped"
    NF_RETURN = 1, "from the NF: on to its addressee, never diverted again"
    NF_STRAY = 2, "from the NF, but no IP packet: dropped"
    TRANSIT = 3, "between switches"
    FRAGMENT = 4, "TCP without ports, such as a fragment: dropped"
    NEIGHBOUR = 5, "ARP or neighbour discovery"
    SOURCE_ZONE = 6, "came in where its source address lives"
    SPOOFED = 7, "came in where its address does not live, or by an interface without zone: dropped"
    DESTINATION_ZONE = 8, "whose address it goes to"
    DIVERT = 9, "diverted to the NF"
    PERMIT = 10, "permitted, opens a connection"
    DENY = 11, "denied"
    MAYBE_PERMITTED = 12, "permitted unless it is a reply to something diverted"
    MAYBE_REPLY = 13, "not permitted unless it is a reply"
    REPLY_DIVERT = 14, "reply, diverted to the NF"
    REPLY_PERMIT = 15, "reply to something permitted"
    REPLY_OTHER = 16, "no reply to anything permitted, but permitted by itself"
    REPLY_DENY = 17, "neither permitted nor a reply to something permitted: dropped"
    LEG = 18, "to the NF's leg of the interface that it came in by"
    RESTORE = 19, "from the NF: the source's own MAC address again"
    FORWARD = 20, "to the owner of the destination address"
    HEARTBEAT = 21, "from the NF: it is alive, told to the controller"
    FAIL_OPEN = 22, "the NF is down: permitted without services"
    FAIL_CLOSED = 23, "the NF is down: dropped"
    REFUSED = 24, "denied, and the controller told"
    REPLY_REFUSED = 25, "no reply to anything permitted, denied, and the controller told"
    SENDER_NEW = 26, "a sender not seen at this port: the controller told, and on"
    SENDER_KNOWN = 27, "a sender seen at this port before"
    ADDRESSEE_KNOWN = 28, "to the port where the address was seen"
    FLOOD = 29, "to everyone: the address was not seen"
    LOOP = 30, "came in by a link that is not in the spanning tree: dropped"
    UNBRIDGED = 31, "from a group, or of bridges among themselves: dropped"
    TAGGED = 32, "with a VLAN tag: an edge port is one logical interface without tags: dropped"
    MOVED = 34, "of a session that takes another way because of its application"
    GATEWAY = 33, "asks for an address of the SRX, or pings it: the controller answers"

    def __init__(self, number: int, words: str) -> None:
        self.number, self.words = number, words


@dataclass(frozen=True, slots=True)
class Field:
    """A match on one field by its OpenFlow (OXM) name; mask None is an exact match."""

    name: str
    value: int
    mask: int | None = None

    def accepts(self, value: int) -> bool:
        """Whether a packet's value of the field fits."""
        return (value if self.mask is None else value & self.mask) == self.value


@dataclass(frozen=True, slots=True)
class WriteMetadata:
    """Remember bits for the next tables."""

    value: int
    mask: int


@dataclass(frozen=True, slots=True)
class SetField:
    """Rewrite a field of the packet."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class Output:
    """Send the packet out of a port; a port that it came in by is left out (OpenFlow 1.3.5 §5.8)."""

    port: int


@dataclass(frozen=True, slots=True)
class Tell:
    """Send the whole packet to the controller, through a meter (OpenFlow 1.3.5 §5.7); 0 is without one."""

    meter: int


@dataclass(frozen=True, slots=True)
class Goto:
    """Go on in a later table."""

    table: int


Instruction: TypeAlias = WriteMetadata | SetField | Output | Tell | Goto


@dataclass(frozen=True, slots=True)
class Intent:
    """One flow entry of one switch; no instructions means drop. `policy` counts from 1 in look-up order, 0 is none."""

    dpid: int
    table: int
    priority: int
    match: tuple[Field, ...]
    instructions: tuple[Instruction, ...]
    purpose: Purpose
    policy: int = 0

    @property
    def key(self) -> tuple[int, int, int, frozenset[Field]]:
        """What OpenFlow tells entries apart by."""
        return self.dpid, self.table, self.priority, frozenset(self.match)
