"""The event loop of one process: epoll, a timer wheel, and legs that want another turn."""

import contextlib
import heapq
import select
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from nf.dataplane.leg import Leg

READ: Final = select.EPOLLIN
WRITE: Final = select.EPOLLOUT
HANGUP: Final = select.EPOLLRDHUP  # the peer has sent its FIN
BROKEN: Final = select.EPOLLERR | select.EPOLLHUP
EDGE: Final = READ | WRITE | HANGUP | select.EPOLLET  # told of what is new, once: for who goes on until nothing is left
NOTHING: Final = 0  # registered, but only a broken connection is reported
FORGET: Final = -1

NEVER: Final = float("inf")
_TICK: Final = 0.05  # seconds; every deadline is met within one tick


class Timed(Protocol):
    """Something with one deadline; `slot` belongs to the loop and is None while nothing is armed."""

    slot: int | None

    def expired(self) -> None:
        """The deadline has come."""


class Chore:
    """A deadline that is nothing but one action."""

    __slots__ = ("_action", "slot")

    def __init__(self, action: Callable[[], None]) -> None:
        self.slot: int | None = None
        self._action = action

    def expired(self) -> None:
        """Act."""
        self._action()


class _File:
    """A descriptor that is no leg; a bug in its turn is the process's."""

    __slots__ = ("failed", "ready")

    def __init__(self, ready: Callable[[int], None]) -> None:
        self.ready, self.failed = ready, _raise_again


class Loop:
    """Calls what is ready until told to stop; `now` is the monotonic time of the current turn."""

    def __init__(self) -> None:
        self.now = time.monotonic()
        self._epoll = select.epoll()
        self._watched: dict[int, Leg | _File] = {}
        self._fresh: set[int] = set()  # descriptors first watched in this turn
        self._wheel: dict[int, set[Timed]] = {}
        self._slots: list[int] = []  # a heap of the wheel's keys
        self._again: deque[Callable[[], None]] = deque()
        self._running = False
        self._wake: tuple[socket.socket, ...] = ()
        self._on_signal: dict[int, Callable[[], None]] = {}

    def watch_file(self, fd: int, ready: Callable[[int], None], mask: int = READ) -> None:
        """Call `ready(mask)` whenever the file is."""
        self._watched[fd] = _File(ready)
        self._fresh.add(fd)
        self._epoll.register(fd, mask)

    def change_file(self, fd: int, mask: int) -> None:
        """Watch it for something else."""
        self._epoll.modify(fd, mask)

    def forget_file(self, fd: int) -> None:
        """Stop watching it."""
        if self._watched.pop(fd, None) is not None:
            with contextlib.suppress(OSError):
                self._epoll.unregister(fd)

    def watch(self, leg: Leg, interest: int) -> None:
        """Watch a leg for READ, WRITE, NOTHING but breakage, or FORGET it; costs nothing when unchanged."""
        if interest == leg.interest:
            return
        if leg.interest == FORGET:
            self._watched[leg.fd] = leg
            self._fresh.add(leg.fd)
            self._epoll.register(leg.fd, interest)
        elif interest == FORGET:
            del self._watched[leg.fd]
            self._epoll.unregister(leg.fd)
        else:
            self._epoll.modify(leg.fd, interest)
        leg.interest = interest

    def arm(self, timed: Timed, seconds: float) -> None:
        """Set the one deadline of `timed`, in place of the one before; infinity disarms."""
        if timed.slot is not None:
            self._wheel[timed.slot].discard(timed)
            timed.slot = None
        if seconds == NEVER:
            return
        slot = timed.slot = int((self.now + seconds) / _TICK) + 1
        if slot not in self._wheel:
            self._wheel[slot] = set()
            heapq.heappush(self._slots, slot)
        self._wheel[slot].add(timed)

    def disarm(self, timed: Timed) -> None:
        """Take the deadline back, and with it the loop's reference."""
        if timed.slot is not None:
            self._wheel[timed.slot].discard(timed)
            timed.slot = None

    def again(self, action: Callable[[], None]) -> None:
        """Call `action` in the next turn, after others had theirs."""
        self._again.append(action)

    def stop(self) -> None:
        """End `run` after this turn."""
        self._running = False

    def stop_on(self, *numbers: signal.Signals) -> None:
        """End `run` when one of these signals comes; the main thread's loop only."""
        for number in numbers:
            self.call_on(number, self.stop)

    def call_on(self, number: signal.Signals, action: Callable[[], None]) -> None:
        """Call `action` in the loop when this signal comes; the main thread's loop only."""
        if not self._wake:
            woken, wake = socket.socketpair()
            for end in (woken, wake):
                end.setblocking(False)
            self._wake = (woken, wake)  # kept open as long as the loop
            signal.set_wakeup_fd(wake.fileno())
            self.watch_file(woken.fileno(), lambda _: self._signalled(woken.recv(64)))
        self._on_signal[number] = action
        signal.signal(number, lambda *_: None)

    def _signalled(self, numbers: bytes) -> None:
        for number in numbers:
            self._on_signal.get(number, _nothing)()

    def fileno(self) -> int:
        """The epoll descriptor."""
        return self._epoll.fileno()

    def run(self) -> None:
        """Turn until stopped."""
        self._running = True
        while self._running:
            self._turn()

    def close(self) -> None:
        """Give the epoll descriptor back."""
        self._epoll.close()

    def _turn(self) -> None:
        self._fresh.clear()
        patience = -1.0  # until there is an event
        if self._again:
            patience = 0.0
        elif self._slots:
            patience = max(0.0, self._slots[0] * _TICK - time.monotonic())
        events = self._epoll.poll(patience)
        self.now = time.monotonic()
        for fd, mask in events:
            watched = self._watched.get(fd)
            if watched is None or fd in self._fresh:  # what happened to a closed file is not its successor's
                continue
            try:
                watched.ready(mask)
            except Exception:  # noqa: BLE001 - reported by whoever owns the leg: a bug costs its session, not its process
                watched.failed()
        for _ in range(len(self._again)):
            self._again.popleft()()
        if self._slots and self._slots[0] * _TICK <= self.now:
            self._expire()

    def _expire(self) -> None:
        while self._slots and self._slots[0] * _TICK <= self.now:
            for timed in tuple(self._wheel[self._slots[0]]):
                if timed.slot == self._slots[0]:  # and has not been disarmed by one before it
                    timed.slot = None
                    timed.expired()
            del self._wheel[heapq.heappop(self._slots)]


def _raise_again() -> None:
    raise  # noqa: PLE0704 - the exception that is being handled


def _nothing() -> None:
    """A signal that is somebody else's."""
