"""What services have announced to their like in all workers: kept for as long as it holds, for workers that come later."""

from nf.dataplane.messages import Told

MOST = 65_536  # the oldest is forgotten first


class Board:
    """The central point's; each worker begins with a copy."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[float, Told]] = {}

    def put(self, told: list[Told], now: float) -> None:
        """Announced just now; what was said before under the same key is over."""
        for one in told:
            self._kept.pop((one.service, one.key), None)
            if one.seconds > 0:
                self._kept[one.service, one.key] = now + one.seconds, one
        if len(self._kept) > MOST:
            self._expire(now)
            for key in tuple(self._kept)[:len(self._kept) - MOST]:
                del self._kept[key]

    def entries(self, now: float) -> list[Told]:
        """All that holds, with the seconds that are left of each."""
        self._expire(now)
        return [Told(one.service, one.key, one.value, until - now) for until, one in self._kept.values()]

    def _expire(self, now: float) -> None:
        for key in [key for key, (until, _) in self._kept.items() if until <= now]:
            del self._kept[key]
