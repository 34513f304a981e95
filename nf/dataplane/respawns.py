"""How long a worker that died stays down: a second, and twice as long each time that it dies young."""

from typing import Final

LEAST, MOST = 1.0, 60.0  # seconds down
YOUNG: Final = 60.0  # seconds lived


class Respawns:
    """Kept for each place; pure."""

    def __init__(self) -> None:
        self._started: dict[int, float] = {}
        self._patience: dict[int, float] = {}

    def started(self, index: int, now: float) -> None:
        """The worker of this place lives from now on."""
        self._started[index] = now

    def patience(self, index: int, now: float) -> float:
        """It has died, or could not start: for how many seconds it stays down."""
        lived = now - self._started.get(index, now)
        before = self._patience.get(index) if lived < YOUNG else None
        self._patience[index] = LEAST if before is None else min(MOST, 2 * before)
        return self._patience[index]
