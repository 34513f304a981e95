"""The central-point process: accepts sessions, has the chassis place them, hands them to SPU workers, keeps the table."""

import contextlib
import errno
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from hwmodel import Chassis, FastPath, FirstPath, Refused
from hwmodel.session import FiveTuple, Packet, SpuId
from nf.dataplane.answers import UNKNOWN, About, answer
from nf.dataplane.control import ControlSocket
from nf.dataplane.crew import Crew
from nf.dataplane.heartbeat import Heart
from nf.dataplane.inquiries import Inquiries, Later
from nf.dataplane.learned_bypass import LearnedBypasses
from nf.dataplane.ledger import Ledger
from nf.dataplane.log_sender import LogSender
from nf.dataplane.loop import Loop
from nf.dataplane.messages import Assign, Closed, Report
from nf.dataplane.wiring import Listener
from nf.dataplane.worker import Duties

ACCEPTS: Final = 64  # connections taken from one listener before others get their turn
RESPAWN: Final = 1.0  # seconds that a failed SPU stays down
GRACE: Final = 5.0  # seconds that workers have to end

_address = lru_cache(4096)(ip_address)


class CentralPointProcess:
    """Owns the chassis, the books and the control socket."""

    def __init__(self, chassis: Chassis, duties: Duties, workers: int, control: Path | None = None,
                 about: About = UNKNOWN) -> None:
        self.chassis = chassis
        self.first_path, self.about = duties.first_path, about
        self.ledger = Ledger()
        self.loop = Loop()
        self.started = self.loop.now
        self.slot: int | None = None
        self._wiring = duties.wiring
        self._listeners: list[Listener] = []
        self._control = ControlSocket(control, self) if control is not None else None
        self.crew = Crew(self.loop, duties, workers, self._reported, self._lost)
        self.inquiries = Inquiries(self.loop, self.crew.ask)
        self.logs = duties.sinks
        profiles = {profile.key: profile for system in duties.first_path.systems.all
                    for profile in system.ssl_profiles.values()}
        self.learned_bypass = LearnedBypasses(duties.lessons, profiles, self.crew.teach, duties.sinks.write)
        self._log_sender = LogSender(self.loop, duties.sinks)
        flow_spus = [spu.spu for spu in chassis.status(0.0) if spu.max_sessions]
        self.worker_of: dict[SpuId, int] = {spu: position % workers for position, spu in enumerate(flow_spus)}
        self.places = {status.spu: {"fpc": status.fpc, "pic": status.pic} for status in chassis.status(0.0)}
        self._down: dict[int, float] = {}
        self._spare = -1
        self._heart: Heart | None = None

    def run(self, ready: str, heart: Heart | None = None) -> None:
        """Serve until SIGINT or SIGTERM; `ready` is printed to standard error once sessions are accepted."""
        self._listeners = self._wiring.listen()
        for listener in self._listeners:
            listener.socket.setblocking(False)
        if self._control is not None:
            self._control.open(self.loop)
        self._spare = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        self._log_sender.start()
        self.crew.start(self._descriptors)
        for listener in self._listeners:
            self.loop.watch_file(listener.socket.fileno(), partial(self._accept, listener))
        self.loop.stop_on(signal.SIGINT, signal.SIGTERM)
        self.loop.call_on(signal.SIGHUP, partial(self._hang_up, os.isatty(2)))
        if heart is not None:
            self._heart = heart
            heart.start(self.loop, self.crew.is_there)
        _tell(ready)
        try:
            self.loop.run()
        finally:
            self._stop()

    def answer(self, request: Mapping[str, Any]) -> Mapping[str, Any] | Later:
        """What an operator asked on the control socket."""
        return answer(self, request)

    def _descriptors(self) -> list[int]:
        """Those that no worker may keep."""
        control = self._control.descriptors() if self._control is not None else []
        heart = self._heart.descriptors() if self._heart is not None else []
        return [self._spare, *(listener.socket.fileno() for listener in self._listeners), *control, *heart,
                *self._log_sender.descriptors()]

    def _hang_up(self, had_terminal: bool) -> None:
        """SIGHUP says that log files have new names, or that the terminal is gone, which ends everything."""
        if had_terminal and not os.isatty(2):
            self.loop.stop()
        else:
            self.logs.reopen()

    # sessions

    def _accept(self, listener: Listener, _mask: int) -> None:
        for _ in range(ACCEPTS):
            try:
                client, peer = listener.socket.accept()
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE):
                    self._refuse(listener.socket)
                break
            try:
                self._place(listener.leg, client, (peer[0], peer[1]))
            except Exception:  # noqa: BLE001 - a bug in placing one session must not end the others
                traceback.print_exc(file=sys.stderr)
                client.close()
        self.crew.flush()

    def _refuse(self, listener: socket.socket) -> None:
        """Close a connection unseen, on the descriptor spared for this: left in the queue it would wake us for ever."""
        self.ledger.counters["refused: out of file descriptors"] += 1
        os.close(self._spare)
        with contextlib.suppress(OSError):
            listener.accept()[0].close()
        self._spare = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)

    def _place(self, leg: int, client: socket.socket, peer: tuple[str, int]) -> None:
        destination = self._wiring.destination(client)
        flow = FiveTuple(_address(peer[0]), peer[1], _address(destination[0]), destination[1])
        placement = self.chassis.receive(Packet(flow), self.loop.now)
        if isinstance(placement, FastPath):  # a connection that is over, and whose worker has not said so yet
            self._forget(placement.session.id)
            placement = self.chassis.receive(Packet(flow), self.loop.now)
        if isinstance(placement, FirstPath):
            session = placement.session
            assignment = Assign(session.id, leg, peer[0], peer[1], destination[0], destination[1])
            if self.crew.hand_over(self.worker_of[session.spu], assignment, client):
                self.ledger.begin(session, self.loop.now)
                return
            self.chassis.close(session.id, self.loop.now)
            self.ledger.counters["refused: worker not ready"] += 1
        elif isinstance(placement, Refused):
            self.ledger.counters[f"refused: {placement.reason.value}"] += 1
        client.close()

    def _reported(self, report: Report) -> None:
        for opened in report.opened:
            self.ledger.opened(opened)
        for progress in report.progress:
            work = self.ledger.progressed(progress, self.loop.now)
            if work is not None:
                self.chassis.charge(progress.session_id, work, self.loop.now)
        for taught in report.taught:
            self.learned_bypass.taught(taught, self.ledger, self.loop.now)
        for closed in report.closed:
            self._account(closed)
        for reply in report.replies:
            self.inquiries.replied(reply)

    def _account(self, closed: Closed) -> None:
        self.chassis.charge(closed.session_id, self.ledger.closed(closed, self.loop.now), self.loop.now)
        self._forget(closed.session_id)

    def end_sessions(self, session_ids: Iterable[int]) -> None:
        """Have these sessions ended by their workers, which report them closed."""
        for session_id in session_ids:
            row = self.ledger.rows.get(session_id)
            if row is not None:
                row.cleared = True
                self.crew.end(self.worker_of[row.session.spu], [session_id])
        self.crew.flush()

    def _forget(self, session_id: int) -> None:
        self.ledger.forget(session_id)
        self.chassis.close(session_id, self.loop.now)

    # workers that die

    def _lost(self, index: int) -> None:
        """A dead worker is a failed SPU: its sessions are gone, those of the others go on."""
        gone = 0
        self.inquiries.lost(index)
        for spu, worker in self.worker_of.items():
            if worker == index:
                for session in self.chassis.fail(spu, self.loop.now):
                    self.ledger.forget(session.id)
                    gone += 1
        self.ledger.counters["lost with an SPU"] += gone
        _tell(f"srxnf: SPU worker {index} failed, {gone} sessions lost; a new one starts")
        self._down[index] = self.loop.now + RESPAWN
        self.loop.arm(self, RESPAWN)

    def expired(self) -> None:
        """Bring back the workers whose time has come."""
        for index, when in tuple(self._down.items()):
            if when <= self.loop.now:
                try:
                    self.crew.restart(index)
                except OSError as error:
                    _tell(f"srxnf: SPU worker {index} cannot start yet: {error.strerror}")
                    self._down[index] = self.loop.now + RESPAWN
                    continue
                del self._down[index]
                for spu, worker in self.worker_of.items():
                    if worker == index:
                        self.chassis.restore(spu, self.loop.now)
        if self._down:
            self.loop.arm(self, max(0.0, min(self._down.values()) - self.loop.now))

    def _stop(self) -> None:
        if self._heart is not None:
            self._heart.stop()
        for listener in self._listeners:
            self.loop.forget_file(listener.socket.fileno())
            listener.socket.close()
        deadline = time.monotonic() + GRACE
        self.crew.stop(lambda: time.monotonic() < deadline)
        self._log_sender.stop()
        if self._control is not None:
            self._control.close()
        self.loop.close()


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
