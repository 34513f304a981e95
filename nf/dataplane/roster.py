"""Which worker runs which SPU, and what becomes of sessions when a worker dies, hangs or is replaced."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from hwmodel import Chassis
from hwmodel.session import SpuId
from nf.dataplane.crew import Crew
from nf.dataplane.duties import Duties
from nf.dataplane.entrance import ACCEPTS, FEW, SHUT
from nf.dataplane.inbox import Inbox
from nf.dataplane.inquiries import Inquiries
from nf.dataplane.ledger import Ledger
from nf.dataplane.loop import Chore, Loop
from nf.dataplane.member import Member
from nf.dataplane.messages import Report
from nf.dataplane.respawns import Respawns
from nf.dataplane.wiring import Listener

CHECK: Final = 2.0  # seconds between two looks whether workers turn


class Roster:
    """The crew, under the eyes of the chassis and the ledger."""

    def __init__(self, loop: Loop, chassis: Chassis, ledger: Ledger, duties: Duties, workers: int,
                 reported: Callable[[Member, Report, list[int]], None]) -> None:
        flow_spus = [spu.spu for spu in chassis.status(0.0) if spu.max_sessions]
        self.worker_of: dict[SpuId, int] = {spu: position % workers for position, spu in enumerate(flow_spus)}
        self.crew = Crew(loop, duties, workers, reported, self._lost)
        self.inquiries = Inquiries(loop, self.crew.ask)
        self._loop, self._chassis, self._ledger = loop, chassis, ledger
        self._respawns = Respawns()
        self._checks = Chore(self._check)

    def start(self, inherited: Callable[[], list[int]], listeners: Sequence[Listener],
              died: Callable[[Member], None]) -> None:
        """Fork the workers, and watch them from then on; they may accept from the listeners by themselves."""
        choose = self._chassis.chooser()
        several = len(self.crew.members) > 1
        inboxes = tuple(Inbox() for _ in self.crew.members)
        self._died = died
        door = SHUT if choose is None else replace(SHUT, listeners=listeners, choose=choose, worker_of=self.worker_of,
                                                   inboxes=inboxes, most=FEW if several else ACCEPTS)
        self.crew.start(inherited, door)
        for member in self.crew.members:
            self._respawns.started(member.index, self._loop.now)
        self._loop.arm(self._checks, CHECK)

    def renew(self, duties: Duties) -> None:
        """Workers with other duties for all sessions to come; OSError, and nothing changed, without room for them."""
        self.crew.renew(duties)
        for member in self.crew.members:
            self._ledger.move([assignment.session_id for assignment, _ in member.waiting], member.pid)
            self._restore(member.index)
        self.crew.flush()

    def _lost(self, member: Member) -> None:
        """A dead worker is a failed SPU: its sessions are gone, those of the others go on."""
        self._died(member)
        spus = self._spus(member.index)
        if member not in self.crew.members:
            gone = self._ledger.of_worker(member.pid)
            for session_id in gone:
                self._chassis.close(session_id, self._loop.now)
            return self._count_lost(member, gone, "it had been replaced already") if gone or member.untold else None
        self.inquiries.lost(member.index)
        gone = [session.id for spu in spus for session in self._chassis.fail(spu, self._loop.now)]
        patience = self._respawns.patience(member.index, self._loop.now)
        self._count_lost(member, gone, f"a new one starts in {patience:g} s")
        return self._loop.arm(Chore(partial(self._restart, member.index)), patience)

    def _count_lost(self, member: Member, sessions: list[int], rest: str) -> None:
        for session_id in sessions:
            self._ledger.forget(session_id)
        lost = len(sessions) + member.untold
        self._ledger.counters["lost with an SPU"] += lost
        tell(f"srxnf: SPU worker {member.index} failed, {lost} sessions lost; {rest}")

    def _restart(self, index: int) -> None:
        """Bring back a worker whose time has come."""
        if self.crew.members[index].link is not None:
            return None  # it was renewed meanwhile
        try:
            self.crew.restart(index)
        except OSError as error:
            patience = self._respawns.patience(index, self._loop.now)
            tell(f"srxnf: SPU worker {index} cannot start: {error.strerror}; next try in {patience:g} s")
            return self._loop.arm(Chore(partial(self._restart, index)), patience)
        return self._restore(index)

    def _restore(self, index: int) -> None:
        self._respawns.started(index, self._loop.now)
        for spu in self._spus(index):
            self._chassis.restore(spu, self._loop.now)

    def _check(self) -> None:
        """Look whether every worker turns; one that hangs is killed, and so failed."""
        for index in self.crew.check():
            tell(f"srxnf: SPU worker {index} does not answer and is ended")
        self._loop.arm(self._checks, CHECK)

    def _spus(self, index: int) -> list[SpuId]:
        return [spu for spu, worker in self.worker_of.items() if worker == index]


def tell(line: str) -> None:
    """A line for whoever started the program, on standard error."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
