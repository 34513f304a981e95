"""Waiting for something to be so: asked again and again until a deadline, never for a fixed time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 20.0  # seconds; what is expected takes milliseconds on an idle machine


def until(condition: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """The first true answer of `condition`."""
    deadline = time.monotonic() + patience
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {patience} s: {what}"
        time.sleep(0.005)
    return answer
