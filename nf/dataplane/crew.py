"""The SPU workers as processes: forked, watched, handed sessions, forked anew when one dies, and renewed as a whole."""

import contextlib
import os
import signal
import socket
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from socket import SocketType
from typing import Final

from nf.dataplane.afflicted import AfflictedWorker
from nf.dataplane.duties import Duties
from nf.dataplane.entrance import SHUT, Door
from nf.dataplane.loop import Loop
from nf.dataplane.member import Member
from nf.dataplane.messages import (
    BATCH,
    ENDINGS,
    Assign,
    Drain,
    EndSessions,
    Hear,
    Question,
    ReadCrls,
    Report,
    Settled,
    Teach,
    decode_report,
    encode,
)
from nf.dataplane.worker import Worker

RETRY: Final = 0.05  # seconds
DRAIN: Final = 1800.0  # seconds that sessions of a worker that has been replaced may still live
_MESSAGE: Final = 1 << 18  # bytes; more than a report with the longest names there can be
_BUFFER: Final = 1 << 20


class Crew:
    """All workers; `reported` gets their reports, `lost` one that died, which may be one that was already replaced."""

    def __init__(self, loop: Loop, duties: Duties, size: int, reported: Callable[[Member, Report, list[int]], None],
                 lost: Callable[[Member], None]) -> None:
        self._loop = loop
        self._duties = duties
        self._reported, self._lost = reported, lost
        self.slot: int | None = None  # the loop's: the next try of a link that was full
        self.members = [Member(index) for index in range(size)]
        self.replaced: list[Member] = []  # their last sessions still live
        self._inherited: Callable[[], list[int]] = list
        self.door = SHUT

    def start(self, inherited: Callable[[], list[int]], door: Door) -> None:
        """Fork every worker, with a door of its own; `inherited` tells the caller's descriptors that none must keep."""
        self._inherited, self.door = inherited, door
        for member in self.members:
            self._fork(member)

    def restart(self, index: int) -> None:
        """Fork a worker anew in the place of one that died; OSError when the system has no room for it now."""
        self._fork(self.members[index])

    def renew(self, duties: Duties) -> None:
        """Fork a new worker for each place, with other duties; the old ones take no more sessions and end with their
        last. `flush` sends. OSError, and nothing changed, when the system has no room for them now.
        """
        before, self._duties = self._duties, duties
        fresh = [Member(member.index) for member in self.members]
        try:
            for member in fresh:
                self._fork(member, fresh)
        except OSError:
            self._duties = before
            for member in fresh:
                self._bury(member)
            raise
        for old, new in zip(self.members, fresh, strict=True):
            new.waiting, old.waiting = old.waiting, deque()
            if old.order(Drain(DRAIN)):
                self.replaced.append(old)
        self.members = fresh

    def is_there(self) -> bool:
        """Whether any worker lives that takes sessions."""
        return any(member.link is not None for member in self.members)

    def hand_over(self, index: int, assignment: Assign, client: SocketType) -> bool:
        """Queue a session for a worker; False when it is gone or too far behind. `flush` sends."""
        return self.members[index].takes(assignment, client)

    def end(self, index: int, session_ids: list[int], silent: float | None = None) -> None:
        """Queue sessions of a place to be ended. `flush` sends."""
        for member in self._all():
            if member.index == index:
                for at in range(0, len(session_ids), ENDINGS):
                    member.order(EndSessions(session_ids[at:at + ENDINGS], silent))

    def settle(self, index: int, session_id: int) -> None:
        """A session of a place need not wait for its way any longer."""
        for member in self._all():
            if member.index == index:
                member.order(Settled(session_id))
        self.flush()

    def ask(self, index: int, question: Question) -> bool:
        """Ask a worker, of a session the one that has it; False when it is gone or does not keep up."""
        link = self._asked(index, question.worker).link
        try:
            return link is not None and link.send(encode(question)) > 0
        except OSError:
            return False

    def _asked(self, index: int, worker: int) -> Member:
        """The worker of a place, or that process where it has been replaced."""
        return next((one for one in self.replaced if one.pid == worker), self.members[index])

    def tell_all(self, order: Teach | Hear | ReadCrls) -> None:
        """Tell every worker; one that starts later has it from its parent or reads it itself."""
        for member in self._all():
            member.order(order)
        self.flush()

    def flush(self) -> None:
        """Send what is queued, in batches; what a link does not take now is sent later."""
        late = [member for member in self._all() if not member.flush()]
        if late:
            self._loop.arm(self, RETRY)

    def expired(self) -> None:
        """Try again what a link did not take."""
        self.flush()

    def check(self) -> list[int]:
        """Ask each whether it still turns, once every few seconds; the places of those that hang, which are killed."""
        return [member.index for member in self._all() if not member.ping()]

    def stop(self, patience: Callable[[], bool]) -> None:
        """Ask every worker to end, read its last reports, and kill one that does not."""
        self._lost = lambda _: None
        everyone = list(self._all())
        for member in everyone:
            if member.link is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(member.pid, signal.SIGTERM)
        for member in everyone:
            while member.link is not None and patience():
                member.link.setblocking(True)
                member.link.settimeout(0.2)
                self._receive(member)
            if member.link is not None:
                member.kill()
                self._bury(member)

    def _all(self) -> Iterator[Member]:
        yield from self.members
        yield from self.replaced

    def _fork(self, member: Member, siblings: Sequence[Member] = ()) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        sys.stdout.flush()
        sys.stderr.flush()
        member.tally[0] = member.told = 0
        pid = os.fork()
        if pid == 0:
            others = [descriptor for other in (*self._all(), *siblings) for descriptor in other.descriptors()]
            own = self.door.inboxes[member.index] if self.door.inboxes else None
            door = replace(self.door, tally=member.tally, inbox=own)
            foreign = [*self._inherited(), ours.fileno(), self._loop.fileno(), *others]
            _keep_to_one_cpu(member.index, len(self.members))
            _live(self._duties, theirs, door, foreign)
        theirs.close()
        ours.setblocking(False)
        member.pid, member.link = pid, ours
        member.heard()
        self._loop.watch_file(ours.fileno(), lambda _: self._receive(member))

    def _receive(self, member: Member) -> None:
        link = member.link
        assert link is not None  # noqa: S101 - watched only while it is there
        try:
            data, descriptors, _, _ = socket.recv_fds(link, _MESSAGE, BATCH)
        except (BlockingIOError, TimeoutError):
            return
        except OSError:
            data, descriptors = b"", []
        if data:
            member.heard()
            self._reported(member, decode_report(data), descriptors)
        else:
            self._bury(member)
            if member in self.replaced:
                self.replaced.remove(member)
            self._lost(member)

    def _bury(self, member: Member) -> None:
        if member.link is not None:
            self._loop.forget_file(member.link.fileno())
            member.bury()


def _keep_to_one_cpu(index: int, workers: int) -> None:
    """Where workers take every CPU: else the system moves them about for others' sake, away from what is in the caches."""
    cpus = sorted(os.sched_getaffinity(0))
    if workers >= len(cpus):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {cpus[index % len(cpus)]})


def _live(duties: Duties, link: socket.socket, door: Door, foreign: list[int]) -> None:
    """A worker's whole life, from fork to exit."""
    status = 1
    try:
        for descriptor in foreign:
            with contextlib.suppress(OSError):
                os.close(descriptor)
        signal.set_wakeup_fd(-1)
        (AfflictedWorker if duties.faults else Worker)(duties, link, door).run()
        status = 0
    except BaseException:  # noqa: BLE001 - the last frame of the process: say what happened, and end
        traceback.print_exc(file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(status)
