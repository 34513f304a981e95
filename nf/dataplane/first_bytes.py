"""The client's first bytes, or its FIN before any: looked at, and left in the socket for SSL-T or the relay to read again."""

import socket
from collections.abc import Callable
from typing import Protocol

from nf.dataplane.leg import MOST_UNREAD, Leg
from nf.dataplane.loop import BROKEN, HANGUP, NOTHING, READ, Loop
from nf.log.records import CloseReason


class End(Protocol):
    """Ends the session."""

    def __call__(self, reason: CloseReason, reset: bool = True) -> None: ...


class FirstBytes:
    """Wakes only when there is more than was seen before (SO_RCVLOWAT), so that peeking never spins."""

    def __init__(self, loop: Loop, client: Leg, seen: Callable[[bytes], None], finished: Callable[[], None], end: End) -> None:
        self._loop = loop
        self._client = client
        self._seen, self._ended_before, self._end = seen, finished, end
        self._least = 1  # bytes that wake us, as the kernel has it
        self._finished = False  # the client has sent its FIN behind what was seen

    def peek(self, at_least: int) -> None:
        """Report all bytes so far once there are so many; a client that ends before, after some, has ended the session."""
        if self._finished:
            return self._end(CloseReason.FIN)
        self._wake_at(at_least)
        self._client.ready = self._look
        return self._loop.watch(self._client, READ | HANGUP)

    def leave(self, notice: int = NOTHING) -> None:
        """Look no more for now, but notice when the client is gone; with HANGUP, its FIN ends the session too."""
        self._wake_at(1)
        self._client.ready = self._broken
        self._loop.watch(self._client, notice)

    def stop(self) -> None:
        """Look no more at all, and let go of the session."""
        self._seen, self._ended_before, self._end = _nothing_more, _nothing, _over

    def _wake_at(self, least: int) -> None:
        if least != self._least:
            self._client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, least)
            self._least = least

    def _look(self, mask: int) -> None:
        try:
            data = self._client.sock.recv(MOST_UNREAD, socket.MSG_PEEK)
        except BlockingIOError:
            return None
        except OSError:
            return self._end(CloseReason.CLIENT_RST)
        if not data:
            return self._ended_before()
        self._finished = bool(mask & HANGUP)
        return self._seen(data)

    def _broken(self, mask: int) -> None:
        if mask & BROKEN:
            self._end(CloseReason.CLIENT_RST)
        elif mask & HANGUP:
            self._end(CloseReason.FIN)


def _nothing_more(_data: bytes) -> None:
    """The session is over."""


def _nothing() -> None:
    """The same of its end."""


def _over(reason: CloseReason, reset: bool = True) -> None:
    """The session is over already."""
