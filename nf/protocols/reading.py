"""What all readers of a session share."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final

PARTS: Final = 1 << 32  # exchanges from here on are those of parts


@dataclass(slots=True)
class Reading:
    """Whether anybody wants to see content, and the numbers of parts to come."""

    bodies: bool = True
    parts: Iterator[int] = field(default_factory=lambda: count(PARTS))
