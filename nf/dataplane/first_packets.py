"""First packets that wait until the controller has made their session's way: who may go, and when to give up."""

from typing import Final

from hwmodel.session import FiveTuple

PATIENCE: Final = 0.5  # seconds for the answer; a controller and its switches take some milliseconds
DEAF: Final = 10.0  # seconds for which a controller that has not answered is not asked again


class FirstPackets:
    """Book-keeping of the central point; `now` is monotonic, in seconds."""

    def __init__(self) -> None:
        self._waiting: dict[FiveTuple, tuple[int, float]] = {}  # session and deadline, the first one first
        self._deaf_until = 0.0

    def waits(self, session_id: int, flow: FiveTuple, now: float) -> bool:
        """A session's first packet would wait: whether it should."""
        if now < self._deaf_until:
            return False
        self._waiting[flow] = session_id, now + PATIENCE
        return True

    def answered(self, flow: FiveTuple) -> int | None:
        """The controller has answered: the session that waited for it."""
        session_id, _ = self._waiting.pop(flow, (None, 0.0))
        return session_id

    def overdue(self, now: float) -> list[int]:
        """Sessions whose answer has not come in time."""
        late = [flow for flow, (_, deadline) in self._waiting.items() if deadline <= now]
        if late:
            self._deaf_until = now + DEAF
        return [session_id for session_id, _ in map(self._waiting.pop, late)]

    def patience(self, now: float) -> float | None:
        """Seconds until the next one is overdue; None where nobody waits."""
        return next((max(0.0, deadline - now) for _, deadline in self._waiting.values()), None)
