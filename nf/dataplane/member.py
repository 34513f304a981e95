"""One SPU worker as the central point sees it: its process, the link to it, and what waits to be sent."""

import contextlib
import os
import signal
import socket
from collections import deque
from mmap import mmap
from socket import SocketType
from typing import Final

from nf.dataplane.messages import BATCH, Assign, Order, Ping, encode

WAITING: Final = 4096  # sessions that may wait for a worker that does not keep up
SILENT: Final = 5  # pings without a word after which a worker hangs


class Member:
    """Sessions go first, then orders, since an order may be about one of them; what the link does not take waits."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.pid = 0
        self.link: socket.socket | None = None
        self.waiting: deque[tuple[Assign, SocketType]] = deque()
        self.orders: deque[Order] = deque()
        self.lent: set[int] = set()  # numbers that sessions may come under which it accepts by itself
        self.tally = memoryview(mmap(-1, 8)).cast("Q")  # of those that it has accepted, shared with it
        self.told = 0  # of them
        self._pings = 0  # since it was last heard

    def takes(self, assignment: Assign, client: SocketType) -> bool:
        """Queue a session; False when the worker is gone or too far behind."""
        if self.link is None or len(self.waiting) >= WAITING:
            return False
        self.waiting.append((assignment, client))
        return True

    def order(self, order: Order) -> bool:
        """Queue an order; False when the worker is gone."""
        if self.link is not None:
            self.orders.append(order)
        return self.link is not None

    def flush(self) -> bool:
        """Send what is queued; False where something has to wait."""
        try:
            while self.link is not None and self.waiting:
                batch = [self.waiting[at] for at in range(min(BATCH, len(self.waiting)))]
                socket.send_fds(self.link, [encode([assignment for assignment, _ in batch])],
                                [client.fileno() for _, client in batch])
                for _ in batch:
                    self.waiting.popleft()[1].close()
            while self.link is not None and self.orders:
                self.link.send(encode(self.orders[0]))
                self.orders.popleft()
        except OSError:  # full, too many descriptors on their way, or dead, which the end of the link tells
            return False
        return True

    @property
    def untold(self) -> int:
        """Sessions that it has accepted by itself, and has not told of."""
        return self.tally[0] - self.told

    def heard(self) -> None:
        """It has said something."""
        self._pings = 0

    def ping(self) -> bool:
        """Ask whether it still turns; False, and its process killed, when it has not answered for long."""
        if self.link is None:
            return True
        self._pings += 1
        if self._pings > SILENT:
            self.kill()
            return False
        if self._pings > 1:  # the first finds it talking anyway, if it has work
            with contextlib.suppress(OSError):
                self.link.send(encode(Ping()))
        return True

    def kill(self) -> None:
        """End its process at once; a stopped one too."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def bury(self) -> None:
        """Its process is over: give back what it held."""
        if self.link is not None:
            self.link.close()
            self.link = None
        self.orders.clear()
        while self.waiting:
            self.waiting.popleft()[1].close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def descriptors(self) -> list[int]:
        """The link, and clients that still wait: a process that keeps a copy keeps their connections from ending."""
        return [*([] if self.link is None else [self.link.fileno()]), *(client.fileno() for _, client in self.waiting)]
