"""What sessions have done is charged to their SPUs: of live ones as they tell of it, the rest when they are over."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from hwmodel import Chassis
from hwmodel.session import SpuId
from nf.dataplane.ledger import Ledger
from nf.dataplane.messages import Closed, Progress
from nf.dataplane.shortcuts import Shortcuts
from nf.dataplane.work_done import rest, work_of


class Charging:
    """Enters it in the ledger, and has the chassis count it; `forget` takes a session out of all books."""

    def __init__(self, chassis: Chassis, ledger: Ledger, shortcuts: Shortcuts, forget: Callable[[int], None]) -> None:
        self._chassis, self._ledger, self._shortcuts, self._forget = chassis, ledger, shortcuts, forget

    def progressed(self, progress: Progress, now: float) -> None:
        """How a live session goes."""
        work = self._ledger.progressed(progress, now)
        if work is not None:
            self._chassis.charge(progress.session_id, work, now)
            self._shortcuts.progressed(self._ledger.rows[progress.session_id], progress)

    def ended(self, ended: Iterable[Closed], now: float) -> None:
        """Sessions are over; those that had told nothing before are charged together, thread by thread."""
        by_thread: defaultdict[tuple[SpuId, int], list[Closed]] = defaultdict(list)
        for closed in ended:
            row = self._ledger.closed(closed, now)
            if row is not None and row.progress is None:
                by_thread[row.session.spu, row.session.thread].append(closed)
            elif row is not None and row.progress is not None:
                self._chassis.charge(closed.session_id, work_of([rest(closed, row.progress)]), now)
            if closed.reason:
                self._shortcuts.closed(closed, now)
            self._forget(closed.session_id)
        for (spu, thread), its in by_thread.items():
            self._chassis.charge_thread(spu, thread, work_of(its), now)
