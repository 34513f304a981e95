"""The SPU workers as processes: forked, watched, handed sessions, and forked anew when one dies."""

import contextlib
import os
import signal
import socket
import sys
import traceback
from collections import deque
from collections.abc import Callable
from typing import Final

from nf.dataplane.loop import Loop
from nf.dataplane.messages import BATCH, ENDINGS, Assign, EndSessions, Question, Report, Teach, decode_report, encode
from nf.dataplane.worker import Duties, Worker

WAITING: Final = 4096  # sessions that may wait for a worker that does not keep up
RETRY: Final = 0.05  # seconds
_MESSAGE: Final = 1 << 18  # bytes; more than a report with the longest names there can be
_BUFFER: Final = 1 << 20


class Member:
    """One worker process and the link to it."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.pid = 0
        self.link: socket.socket | None = None
        self.waiting: deque[tuple[Assign, socket.socket]] = deque()
        self.ending: list[int] = []  # sessions that an operator has cleared
        self.lessons: deque[Teach] = deque()


class Crew:
    """All workers; `reported` gets their reports, `lost` the index of one that died."""

    def __init__(self, loop: Loop, duties: Duties, size: int, reported: Callable[[Report], None],
                 lost: Callable[[int], None]) -> None:
        self._loop = loop
        self._duties = duties
        self._reported, self._lost = reported, lost
        self.slot: int | None = None  # the loop's: the next try of a link that was full
        self.members = [Member(index) for index in range(size)]
        self._inherited: Callable[[], list[int]] = list

    def start(self, inherited: Callable[[], list[int]]) -> None:
        """Fork every worker; `inherited` tells the caller's descriptors that a worker must not keep."""
        self._inherited = inherited
        for member in self.members:
            self._fork(member)

    def restart(self, index: int) -> None:
        """Fork a worker anew in the place of one that died; OSError when the system has no room for it now."""
        self._fork(self.members[index])

    def is_there(self) -> bool:
        """Whether any worker lives."""
        return any(member.link is not None for member in self.members)

    def hand_over(self, index: int, assignment: Assign, client: socket.socket) -> bool:
        """Queue a session for a worker; False when it is gone or too far behind. `flush` sends."""
        member = self.members[index]
        if member.link is None or len(member.waiting) >= WAITING:
            return False
        member.waiting.append((assignment, client))
        return True

    def end(self, index: int, session_ids: list[int]) -> None:
        """Queue sessions of a worker to be ended. `flush` sends."""
        member = self.members[index]
        if member.link is not None:
            member.ending += session_ids

    def ask(self, index: int, question: Question) -> bool:
        """Ask a worker; False when it is gone or does not keep up."""
        link = self.members[index].link
        try:
            return link is not None and link.send(encode(question)) > 0
        except OSError:
            return False

    def teach(self, order: Teach) -> None:
        """Tell every worker; one that starts later has it from its parent."""
        for member in self.members:
            if member.link is not None:
                member.lessons.append(order)
        self.flush()

    def flush(self) -> None:
        """Send what is queued, in batches; what a link does not take now is sent later."""
        for member in self.members:
            while member.waiting and member.link is not None:
                batch = [member.waiting[at] for at in range(min(BATCH, len(member.waiting)))]
                try:
                    socket.send_fds(member.link, [encode([assignment for assignment, _ in batch])],
                                    [client.fileno() for _, client in batch])
                except OSError:  # full, too many descriptors on their way, or dead, which the end of the link tells
                    self._loop.arm(self, RETRY)
                    break
                for _ in batch:
                    member.waiting.popleft()[1].close()
            self._flush_endings(member)
            self._flush_lessons(member)

    def _flush_lessons(self, member: Member) -> None:
        while member.lessons and member.link is not None:
            try:
                member.link.send(encode(member.lessons[0]))
            except OSError:
                return self._loop.arm(self, RETRY)
            member.lessons.popleft()
        return None

    def _flush_endings(self, member: Member) -> None:
        """After all sessions that waited, since those may be among them."""
        while member.ending and member.link is not None and not member.waiting:
            try:
                member.link.send(encode(EndSessions(member.ending[:ENDINGS])))
            except OSError:
                return self._loop.arm(self, RETRY)
            del member.ending[:ENDINGS]
        return None

    def expired(self) -> None:
        """Try again what a link did not take."""
        self.flush()

    def stop(self, patience: Callable[[], bool]) -> None:
        """Ask every worker to end, read its last reports, and kill one that does not."""
        self._lost = lambda _: None
        for member in self.members:
            if member.link is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(member.pid, signal.SIGTERM)
        for member in self.members:
            while member.link is not None and patience():
                member.link.setblocking(True)
                member.link.settimeout(0.2)
                self._receive(member)
            if member.link is not None:
                os.kill(member.pid, signal.SIGKILL)
                self._bury(member)

    def _fork(self, member: Member) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            _live(self._duties, theirs, [*self._inherited(), ours.fileno(), self._loop.fileno(), *self._own()])
        theirs.close()
        ours.setblocking(False)
        member.pid, member.link = pid, ours
        self._loop.watch_file(ours.fileno(), lambda _: self._receive(member))

    def _own(self) -> list[int]:
        """Links, and clients that still wait for a worker: one that keeps a copy keeps the connection from ending."""
        return ([member.link.fileno() for member in self.members if member.link is not None]
                + [client.fileno() for member in self.members for _, client in member.waiting])

    def _receive(self, member: Member) -> None:
        link = member.link
        assert link is not None  # noqa: S101 - watched only while it is there
        try:
            data = link.recv(_MESSAGE)
        except (BlockingIOError, TimeoutError):
            return
        except OSError:
            data = b""
        if data:
            self._reported(decode_report(data))
        else:
            self._bury(member)
            self._lost(member.index)

    def _bury(self, member: Member) -> None:
        if member.link is not None:
            self._loop.forget_file(member.link.fileno())
            member.link.close()
            member.link = None
        member.ending.clear()
        member.lessons.clear()
        while member.waiting:
            member.waiting.popleft()[1].close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(member.pid, 0)


def _live(duties: Duties, link: socket.socket, foreign: list[int]) -> None:
    """A worker's whole life, from fork to exit."""
    status = 1
    try:
        for descriptor in foreign:
            with contextlib.suppress(OSError):
                os.close(descriptor)
        signal.set_wakeup_fd(-1)
        Worker(duties, link).run()
        status = 0
    except BaseException:  # noqa: BLE001 - the last frame of the process: say what happened, and end
        traceback.print_exc(file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(status)
