"""Drop-flows: a denied flow is remembered for a few seconds, so that its next packets are dropped on the fast path."""

from hwmodel.flow_settings import FlowSettings
from hwmodel.session import FiveTuple


class DropFlows:
    """The denied flows of one SPU, a bounded part of its session table (Junos 23.4: 10 %, 4 s)."""

    def __init__(self, settings: FlowSettings, max_sessions: int) -> None:
        self.dropped = 0  # packets
        self._max_sessions = max_sessions
        self._until: dict[FiveTuple, float] = {}  # in the order of time
        self.configure(settings)

    def configure(self, settings: FlowSettings) -> None:
        """Take another share of the table and another time; what is remembered stays."""
        self.capacity = int(self._max_sessions * settings.drop_flow_percent / 100)
        self._timeout = settings.drop_flow_timeout

    def __len__(self) -> int:
        return len(self._until)

    def deny(self, flow: FiveTuple, now: float) -> bool:
        """Remember a denied flow; False when there is no room."""
        self._expire(now)
        if flow not in self._until and len(self._until) >= self.capacity:
            return False
        self._until.pop(flow, None)
        self._until[flow] = now + self._timeout
        return True

    def drops(self, flow: FiveTuple, now: float) -> bool:
        """Whether a packet of that flow is dropped here, which is counted."""
        if not self._until:
            return False
        self._expire(now)
        hit = flow in self._until
        self.dropped += hit
        return hit

    def remembers(self, now: float) -> bool:
        """Whether there is any denied flow."""
        self._expire(now)
        return bool(self._until)

    def _expire(self, now: float) -> None:
        while self._until:
            flow = next(iter(self._until))
            if self._until[flow] > now:
                return
            del self._until[flow]
