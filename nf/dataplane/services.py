"""The security services of one worker: what they hear of others, what they look after once a second, what operators ask."""

import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from nf.dataplane.bulletins import Board
from nf.dataplane.loop import Loop
from nf.dataplane.messages import Told
from nf.services import Bulletin, Engaged, Service, Tally

INTERVAL: Final = 1.0  # seconds between two looks at files


class Services:
    """Asks the services of a worker for what they offer beyond judging; a bug in one costs no more than that answer."""

    def __init__(self, loop: Loop, engaged: tuple[Engaged, ...], board: Board,
                 living: Callable[[], Iterable[Service]] = tuple) -> None:
        self.slot: int | None = None  # the loop's
        self._loop, self._board, self._living = loop, board, living
        self._by_name = {one.name: one for one in engaged}
        self._refresh = [refresh for one in engaged if (refresh := one.offers("refresh")) is not None]

    def start(self) -> None:
        """Begin with what was announced before this worker was there."""
        self.hear(self._board.entries(self._loop.now))
        if self._refresh:
            self._loop.arm(self, INTERVAL)

    def expired(self) -> None:
        """Look after files."""
        for refresh in self._refresh:
            try:
                refresh(self._loop.now)
            except Exception:  # noqa: BLE001 - what it had stays
                traceback.print_exc(file=sys.stderr)
        self._loop.arm(self, INTERVAL)

    def hear(self, told: Iterable[Told]) -> None:
        """What services have announced, here or in other workers."""
        for one in told:
            engaged = self._by_name.get(one.service)
            hear = None if engaged is None else engaged.offers("hear")
            if hear is not None:
                try:
                    hear(Bulletin(one.service, one.key, one.value, one.seconds, one.session), self._loop.now)
                except Exception:  # noqa: BLE001 - as above
                    traceback.print_exc(file=sys.stderr)

    def report(self, about: Mapping[str, Any]) -> dict[str, Any]:
        """An answer of one service for operators, empty where it has none; `tally` is what inspection has counted of it."""
        if about["word"] == "tallies":
            return {name: tally.report() for name, tally in self._tallies().items()}
        engaged = self._by_name.get(about["service"])
        if engaged is None:
            return {}
        if about["word"] == "tally":
            return self._tallies()[engaged.name].report()
        report = engaged.offers("report")
        found: dict[str, Any] = {} if report is None else report(about["word"], about.get("about", {}))
        return found

    def _tallies(self) -> dict[str, Tally]:
        """Of sessions that are over and of those that live."""
        found = {}
        for name, one in self._by_name.items():
            found[name] = Tally()
            found[name].add(one.tally)
        for service in self._living():
            if service.name in found:
                found[service.name].add(service.tally)
        return found
