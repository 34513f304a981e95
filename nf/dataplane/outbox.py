"""What a worker has to tell the central point: gathered, and sent in pieces that the link takes."""

import socket
from socket import SocketType
from typing import Final

from nf.dataplane.loop import Loop
from nf.dataplane.messages import BATCH, NEWS, Assign, Closed, Opened, Progress, Reply, Report, Routed, Taught, Told, encode

INTERVAL: Final = 0.1  # seconds


class Outbox:
    """Things wait here for the next report, which is due soon after the first of them."""

    def __init__(self, loop: Loop, link: socket.socket) -> None:
        self.slot: int | None = None  # the loop's
        self.opened: list[Opened] = []
        self.closed: list[Closed] = []
        self.progress: list[Progress] = []
        self.replies: list[Reply] = []
        self.taught: list[Taught] = []
        self.told: list[Told] = []
        self.routed: list[Routed] = []
        self.accepted: list[Assign] = []  # as many as numbers are lent at once: few enough for one message
        self.stopped = False
        self.handed: list[tuple[Assign, SocketType]] = []  # other workers' connections
        self._loop, self._link = loop, link

    def soon(self) -> None:
        """Something has been put in."""
        if self.slot is None:
            self._loop.arm(self, INTERVAL)

    def expired(self) -> None:
        """It is time."""
        self.send()

    def send(self) -> None:
        """Send all of it; what the link does not take now waits for the next time."""
        self.hand_on()
        while (self.opened or self.closed or self.progress or self.replies or self.taught or self.told or self.routed
               or self.accepted or self.stopped):
            opened, closed, progress = self.opened[:BATCH], self.closed[:BATCH], self.progress[:NEWS]
            if not self.sent(Report(opened, closed, progress, self.replies[:1], self.taught[:BATCH],
                                    self.told[:BATCH], self.routed[:BATCH], self.accepted, stopped=self.stopped)):
                return
            del self.opened[:BATCH], self.closed[:BATCH], self.progress[:NEWS], self.replies[:1], self.taught[:BATCH]
            del self.told[:BATCH], self.routed[:BATCH], self.accepted[:]
            self.stopped = False

    def hand_on(self) -> None:
        """Give the central point the connections of other workers' SPUs."""
        while self.handed:
            batch = self.handed[:BATCH]
            report = Report(handed=[assignment for assignment, _ in batch])
            try:
                socket.send_fds(self._link, [encode(report)], [client.fileno() for _, client in batch])
            except OSError:  # full, or gone, which the end of the link tells
                return self.soon()
            for _, client in batch:
                client.close()
            del self.handed[:BATCH]
        return None

    def sent(self, report: Report) -> bool:
        """Whether the link took it; without a central point the worker ends."""
        try:
            self._link.send(encode(report))
        except BlockingIOError:
            self.soon()
            return False
        except OSError:
            self._loop.stop()
            return False
        return True
