"""A session's second deadline: the age at which a service wants to log what it has carried so far."""

from collections.abc import Callable


class Update:
    """Made only for sessions that a service follows; `reached` is called once for each time that it is armed."""

    __slots__ = ("_reached", "slot")

    def __init__(self, reached: Callable[[], None]) -> None:
        self.slot: int | None = None  # the loop's
        self._reached = reached

    def expired(self) -> None:
        """The session is old enough."""
        self._reached()
