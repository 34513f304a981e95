"""The process that feeds syslog servers, beside the workers."""

from collections.abc import Callable
from typing import Final

from nf.dataplane.child import Child
from nf.dataplane.loop import Loop
from nf.sinks import Sinks

PATIENCE: Final = 3.0  # seconds that it has at the end for what still waits


class LogSender(Child):
    """Costs nothing where no stream is configured; what is queued while it is dead, the next one sends."""

    def __init__(self, loop: Loop, sinks: Sinks) -> None:
        super().__init__(loop, "feeds syslog servers")
        self._sinks = sinks

    def work(self) -> Callable[[], None] | None:
        """To send what is queued."""
        sender = self._sinks.sender()
        return None if sender is None else sender.run

    def kept(self) -> list[int]:
        """The queue, and the tally of lost lines."""
        return self._sinks.descriptors()

    def stop(self, patience: float = PATIENCE) -> None:
        """Nobody logs any more: let it send what still waits, and go."""
        self._sinks.close()
        super().stop(patience)
