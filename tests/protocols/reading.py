"""What tests of readers share: whole conversations, cut as they like, and what was found in them put side by side."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from hypothesis import strategies as st
from msgspec.structs import replace

from hwmodel.session import Direction
from nf.protocols.conversation import Conversation
from nf.protocols.items import Anomaly, Body, Item

C2S, S2C = Direction.C2S, Direction.S2C
Said = Sequence[tuple[Direction, bytes]]


def found(said: Said, cuts: Iterable[int] = (), *, end: bool = True) -> list[Item]:
    """All items of a conversation whose bytes, counted over both directions, are cut at these places."""
    conversation = Conversation()
    places, at, items = sorted(cuts), 0, list[Item]()
    for direction, data in said:
        inner = [place - at for place in places if at < place < at + len(data)]
        for start, stop in pairwise([0, *inner, len(data)]):
            items += conversation.read(direction, data[start:stop])
        at += len(data)
    if end:
        items += [item for direction in Direction for item in conversation.end(direction)]
    return items


def merged(items: Iterable[Item]) -> list[Item]:
    """Adjacent Bodies of one exchange as one."""
    out: list[Item] = []
    for item in items:
        last = out[-1] if out else None
        same = last is not None and (item.exchange, item.direction) == (last.exchange, last.direction)
        if same and isinstance(item, Body) and isinstance(last, Body):
            out[-1] = replace(last, end=item.end, data=last.data + item.data, coded=last.coded + item.coded)
        else:
            out.append(item)
    return out


def kinds(items: Iterable[Item]) -> list[str]:
    """Of the anomalies."""
    return [item.kind for item in items if isinstance(item, Anomaly)]


def of(kind: type[Item], items: Iterable[Item]) -> list[Item]:
    """The items of one sort."""
    return [item for item in items if isinstance(item, kind)]


def content(items: Iterable[Item], exchange: int, direction: Direction) -> bytes:
    """An exchange's content in one direction."""
    return b"".join(item.data for item in items
                    if isinstance(item, Body) and (item.exchange, item.direction) == (exchange, direction))


def cuts_of(said: Said) -> st.SearchStrategy[list[int]]:
    """Places to cut a conversation at."""
    return st.lists(st.integers(1, max(2, sum(len(data) for _, data in said))), max_size=12)
