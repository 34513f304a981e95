"""What fails when an operator asks for it: the worker, its loop, its ways out and its log, each as itself but for that."""

import ctypes
import os
import signal
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from hwmodel.session import FiveTuple
from nf.dataplane.daemons import Contexts, Daemons, Exchange
from nf.dataplane.duties import Duties
from nf.dataplane.entrance import SHUT, Door
from nf.dataplane.faults import Faults
from nf.dataplane.leg import Leg
from nf.dataplane.loop import FORGET, Loop
from nf.dataplane.memory import MemoryGauge
from nf.dataplane.messages import Assign
from nf.dataplane.wiring import Wiring
from nf.dataplane.worker import Worker
from nf.log.records import LogRecord
from nf.policy.zones import Interface
from nf.services import Attachment
from nf.services.asking import Answer, Ask
from nf.sinks import Sinks

_SO_ATTACH_FILTER: Final = 26
_AF_UNSPEC: Final = bytes(16)  # connecting there ends a TCP connection with an RST, connect(2)
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_SLOT: Final[Any] = vars(Leg)["ready"]


class ServerSocket(socket.socket):
    """One that leads to a server."""


@dataclass(frozen=True, slots=True)
class AfflictedWiring:
    """Another wiring whose servers cannot be reached, or are known as servers by their sockets."""

    sound: Wiring
    error: int | None

    def dial(self, flow: FiveTuple, egress: Interface) -> socket.socket:
        """Try, or fail at once."""
        if self.error is not None:
            raise OSError(self.error, os.strerror(self.error))
        return ServerSocket(fileno=self.sound.dial(flow, egress).detach())

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sound, name)


class BreakingLeg(Leg):
    """A leg that breaks once so many bytes have come over it; both peers see a reset, and its counters begin anew."""

    __slots__ = ()
    most = 0

    @property
    def ready(self) -> Callable[[int], None]:  # whoever calls it gets the break first
        """What is to be done when it is ready."""
        return self._turn

    @ready.setter
    def ready(self, action: Callable[[int], None]) -> None:
        _SLOT.__set__(self, action)

    def _turn(self, mask: int) -> None:
        self.break_when_due()
        _SLOT.__get__(self)(mask)

    def break_when_due(self) -> None:
        """Break if so many bytes have come."""
        if self.carried().data_bytes >= self.most:
            _LIBC.connect(self.fd, _AF_UNSPEC, len(_AF_UNSPEC))


class ClientLeg(BreakingLeg):
    """One towards a client."""

    __slots__ = ()


class ServerLeg(BreakingLeg):
    """One towards a server."""

    __slots__ = ()


class AfflictedLoop(Loop):
    """Makes legs into such as break, and has their packets lost."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self._faults = faults.of
        ClientLeg.most, ServerLeg.most = faults.of.get("client-error", 0), faults.of.get("server-error", 0)

    def watch(self, leg: Leg, interest: int) -> None:
        """The same, for a leg that is going to fail."""
        if leg.interest == FORGET and interest != FORGET:
            if (percent := self._faults.get("packet-loss")) is not None:
                lose(leg.sock, percent)
            kind, fault = (ServerLeg, "server-error") if isinstance(leg.sock, ServerSocket) else (ClientLeg, "client-error")
            if fault in self._faults:
                leg.__class__ = kind  # it has the same slots
                if isinstance(leg, ClientLeg):  # its hello has been looked at already
                    leg.break_when_due()
        super().watch(leg, interest)


def lose(sock: socket.SocketType, percent: int) -> None:
    """Have the kernel lose part of what comes for this socket, by a filter in classic BPF (bpf(4)); TCP sends it again."""
    load_random, unless_less, drop, keep = (0x20, 0, 0, 0xFFFFF038), (0x35, 1, 0, percent * (1 << 32) // 100), (6, 0, 0, 0), (
        6, 0, 0, 0xFFFFFFFF)
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in (load_random, unless_less, drop, keep)))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HP", 4, ctypes.addressof(program)))


class FullLink(socket.socket):
    """The link to the central point, which now and then has no room."""

    every = 1
    _sent = 0

    def send(self, data: Any, flags: int = 0) -> int:
        """Send, or say that there is no room: never twice in a row, or nothing would be told at all."""
        self._sent += 1
        if self._sent % (self.every + 1) == 0:
            raise BlockingIOError
        return super().send(data, flags)


class AfflictedDaemons(Daemons):
    """Engines that cannot be reached, or whose words get lost."""

    def __init__(self, loop: Loop, contexts: Contexts, *, down: bool) -> None:
        super().__init__(loop, contexts)
        self._down = down

    def begin(self, ask: Ask, heard: Callable[[Answer], None], stalled: Callable[[bool], None]) -> Exchange:
        """An exchange that fails; not while its session is still asking."""
        if self._down:
            exchange = Exchange(self, ask.peer, ask.number, heard, stalled)
            self.loop.again(lambda: exchange.fail("not-ready"))
            return exchange
        return super().begin(ask, lambda answer: heard(answer) if answer.fault else None, stalled)


class NoMemory(MemoryGauge):
    """Finds that memory is short."""

    is_low = True


class SlowSinks:
    """Outputs behind a disk that takes its time."""

    def __init__(self, sound: Sinks, milliseconds: int) -> None:
        self._sound, self._seconds = sound, milliseconds / 1000

    def write(self, records: tuple[LogRecord, ...] | list[LogRecord]) -> None:
        """Wait, and write."""
        if records:
            time.sleep(self._seconds)
        self._sound.write(records)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sound, name)


class CrashingService:
    """A service whose instances have a bug."""

    def __init__(self, sound: Any) -> None:
        self._sound = sound

    def attach(self, attachment: Attachment) -> Any:
        """An instance that fails on the first data."""
        attached = self._sound.attach(attachment)
        if attached is not None:
            attached.inspect = _crash
        return attached

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sound, name)


def _crash(*_: object) -> Any:
    raise RuntimeError("service-crash was asked for")


class AfflictedWorker(Worker):
    """A worker that fails as its duties say."""

    def __init__(self, duties: Duties, link: socket.socket, door: Door = SHUT) -> None:
        faults = self._faults = duties.faults
        if (every := faults.of.get("report-queue-full")) is not None:
            link = FullLink(fileno=link.detach())
            link.every = every
        super().__init__(_afflicted(duties), link, door)
        if "low-memory" in faults.of:
            self._memory = NoMemory()
        if "log-queue-full" in faults.of:
            duties.sinks.close()  # this process's end of it: the sender goes on
        if {"engine-down", "engine-silent"} & faults.of.keys():
            self.daemons = AfflictedDaemons(self.loop, duties.contexts, down="engine-down" in faults.of)
        self._taken = 0

    def _make_loop(self) -> Loop:
        return AfflictedLoop(self._faults)

    def admit(self, assignment: Assign, flow: FiveTuple, client: socket.SocketType) -> None:
        """The same, or the end of this process."""
        self._taken += 1
        for kind, number in (("worker-killed", signal.SIGKILL), ("worker-hangs", signal.SIGSTOP)):
            if self._faults.of.get(kind) == self._taken:
                os.kill(os.getpid(), number)
        super().admit(assignment, flow, client)


def _afflicted(duties: Duties) -> Duties:
    faults = duties.faults.of
    wiring: Any = AfflictedWiring(duties.wiring, faults.get("connect-error"))
    sinks: Any = SlowSinks(duties.sinks, faults["slow-disk"]) if "slow-disk" in faults else duties.sinks
    first_path = duties.first_path
    if "service-crash" in faults:
        wrap: Callable[[Any], Any] = CrashingService
        first_path = replace(first_path, services=tuple(replace(one, service=wrap(one.service)) for one in first_path.services))
    return replace(duties, wiring=wiring, sinks=sinks, first_path=first_path)
