"""What services have announced to their like in all workers: kept for as long as it holds, for workers that come later."""

import msgspec

from nf.dataplane.messages import Told

MOST = 65_536  # the oldest is forgotten first


class Board:
    """The central point's; each worker begins with a copy."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[float, Told]] = {}
        self.of_sessions: dict[int, list[Told]] = {}

    def put(self, told: list[Told], now: float) -> None:
        """Announced just now; what was said before under the same key is over."""
        for one in told:
            if one.session:
                self.of_sessions.setdefault(one.session, []).append(one)
                continue
            self._kept.pop((one.service, one.key), None)
            if one.seconds > 0:
                self._kept[one.service, one.key] = now + one.seconds, one
        if len(self._kept) > MOST:
            self._expire(now)
            for key in tuple(self._kept)[:len(self._kept) - MOST]:
                del self._kept[key]

    def over(self, session: int) -> list[Told]:
        """A session is over: what is to be said of that."""
        return [msgspec.structs.replace(one, seconds=0.0) for one in self.of_sessions.pop(session, ())]

    def entries(self, now: float) -> list[Told]:
        """All that holds, with the seconds that are left of each."""
        self._expire(now)
        kept = [Told(one.service, one.key, one.value, until - now) for until, one in self._kept.values()]
        return [*kept, *(one for own in self.of_sessions.values() for one in own)]

    def _expire(self, now: float) -> None:
        for key in [key for key, (until, _) in self._kept.items() if until <= now]:
            del self._kept[key]
