"""What all readers of a session share."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from hwmodel.session import Direction

PARTS: Final = 1 << 32  # exchanges from here on are those of parts


@dataclass(slots=True)
class Reading:
    """Whether anybody wants to see content, of which messages nobody wants more, and the numbers of parts to come."""

    bodies: bool = True
    left: set[tuple[Direction, int]] = field(default_factory=set)
    parts: Iterator[int] = field(default_factory=lambda: count(PARTS))
