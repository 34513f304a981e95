"""What happens at a switch, as the thread that owns the controller's state hears of it."""

from dataclasses import dataclass
from typing import Any, TypeAlias

Datapath: TypeAlias = Any  # os-ken's connection to a switch; it has no types


@dataclass(frozen=True, slots=True)
class Joined:
    """A switch has shaken hands; its datapath id and ports are known."""

    datapath: Datapath


@dataclass(frozen=True, slots=True)
class Left:
    """A connection has ended; `silent` where the switch has left echo requests unanswered."""

    datapath: Datapath
    silent: bool = False


@dataclass(frozen=True, slots=True)
class BarrierReply:
    """A switch has done all that was asked before the barrier with this transaction id."""

    datapath: Datapath
    xid: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A switch has answered a request with an error."""

    datapath: Datapath
    error: str


@dataclass(frozen=True, slots=True)
class PortChanged:
    """A port has come, gone, or changed its state; `up` where it can carry packets."""

    datapath: Datapath
    port: int
    up: bool


@dataclass(frozen=True, slots=True)
class PacketIn:
    """A packet that an entry, known by its cookie, sent to the controller."""

    datapath: Datapath
    cookie: int
    port: int
    frame: bytes


Event: TypeAlias = Joined | Left | BarrierReply | Refused | PortChanged | PacketIn
