"""What the targets that read whole conversations share: pieces of both directions by turns, and what must hold of items."""

from collections.abc import Sequence

from hwmodel.session import Direction
from nf.protocols.content import FREE
from nf.protocols.conversation import Conversation
from nf.protocols.items import Body, Frame
from nf.protocols.transfers import Transfers

_LONG = 255  # a piece's length takes a byte: longer ones follow each other


def read(data: bytes, before: Sequence[tuple[Direction, bytes]] = ()) -> None:
    """Each piece begins with a byte that says whose it is, and one with its length."""
    conversation = Conversation()
    transfers, seen = Transfers(), dict.fromkeys(Direction, 0)
    for direction, said in before:
        conversation.read(direction, said)
        seen[direction] += len(said)
    while len(data) > 2:
        direction = Direction.C2S if data[0] & 1 else Direction.S2C
        piece, data = data[2:2 + data[1]], data[2 + data[1]:]
        seen[direction] += len(piece)
        items = conversation.read(direction, piece)
        list(transfers.follow(items))
        told = sum(len(item.data) for item in items if isinstance(item, Body | Frame))
        assert told <= 3 * (FREE + (1 << 20))
        assert all(0 <= item.start <= item.end for item in items)
        assert all(item.end <= seen[item.direction] for item in items if not isinstance(item, Frame))
        assert conversation.boundary(direction) <= seen[direction]
    for exchange in range(4):
        conversation.page(exchange, "no", passed=conversation.boundary(Direction.S2C))
    for direction in Direction:
        list(transfers.follow(conversation.end(direction)))


def pieces(said: Sequence[tuple[Direction, bytes]]) -> bytes:
    """A conversation as an input."""
    return b"".join(bytes([direction is Direction.C2S, len(data[at:at + _LONG])]) + data[at:at + _LONG]
                    for direction, data in said for at in range(0, len(data), _LONG))
