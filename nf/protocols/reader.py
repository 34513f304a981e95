"""What a reader of one protocol offers the conversation that it reads."""

from typing import Protocol

from hwmodel.session import Direction
from nf.protocols.items import Item
from nf.protocols.notice import Notice


class Reader(Protocol):
    """Reads both directions of a session, or what is left of it after another protocol."""

    @property
    def name(self) -> str:
        """The protocol's."""

    @property
    def over(self) -> bool:
        """Whether another protocol has begun."""

    @property
    def successor(self) -> "Reader | None":
        """Who reads that; None where nobody can."""

    def read(self, direction: Direction, data: bytes, start: int) -> tuple[list[Item], int]:
        """What these bytes tell, and how many of them are this protocol's; `start` is the offset of the first."""

    def end(self, direction: Direction, at: int) -> list[Item]:
        """The stream of one direction has ended there."""

    def boundary(self, direction: Direction) -> int:
        """The offset at which the last whole message, frame or line ended."""

    def refuse(self, notice: Notice, passed: int) -> bytes | None:
        """What tells the client so now, None where it cannot be told; it has had `passed` bytes of the server's."""
