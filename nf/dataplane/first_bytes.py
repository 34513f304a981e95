"""The client's first bytes, or its FIN before any: looked at, and left in the socket for SSL-T or the relay to read again."""

import socket

from nf.dataplane.leg import MOST_UNREAD, Leg
from nf.dataplane.loop import BROKEN, HANGUP, NOTHING, READ, Loop
from nf.dataplane.server_sessions import ServerHandshake
from nf.log.records import CloseReason
from nf.sslproxy import commands as do
from nf.sslproxy import events as on


class FirstBytes:
    """The part of a connection that looks at what its client begins with.

    It wakes only when there is more than was seen before (SO_RCVLOWAT), so that peeking never spins.
    """

    _loop: Loop
    _client: Leg
    _ssl_i: ServerHandshake | None
    _least = 1  # bytes that wake us, as the kernel has it
    _is_finished = False  # the client has sent its FIN behind what was seen
    _is_reset = False  # it was at the first look, which the kernel tells once

    def _tell(self, event: on.Event) -> None:
        raise NotImplementedError

    def _end(self, reason: CloseReason, reset: bool = True) -> None:
        raise NotImplementedError

    def _first_bytes(self) -> bytes:
        """What the client has sent by now, where it has: nearly always its hello."""
        try:
            return self._client.sock.recv(MOST_UNREAD, socket.MSG_PEEK)
        except BlockingIOError:
            return b""
        except OSError:
            self._is_reset = True
            return b""

    def _peek_more(self, command: do.PeekMore) -> None:
        """Tell all bytes so far once there are so many; a client that ends before, after some, has ended the session."""
        if self._is_finished:
            return self._end(CloseReason.FIN)
        if self._is_reset:
            return self._end(CloseReason.CLIENT_RST)
        client, least = self._client, command.at_least
        client.ready = self._look
        if least != self._least:
            self._wake_at(least)
        return self._loop.watch(client, READ | HANGUP)

    def _leave(self) -> None:
        """Look no more for now, but notice when the client is gone; once SSL-I has begun, its FIN ends the session too."""
        if self._least != 1:
            self._wake_at(1)
        self._client.ready = self._left
        self._loop.watch(self._client, HANGUP)

    def _wake_at(self, least: int) -> None:
        self._client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, least)
        self._least = least

    def _look(self, mask: int) -> None:
        try:
            data = self._client.sock.recv(MOST_UNREAD, socket.MSG_PEEK)
        except BlockingIOError:
            return self._loop.watch(self._client, READ | HANGUP)
        except OSError:
            return self._end(CloseReason.CLIENT_RST)
        if not data:
            return self._tell(on.ClientFinished())
        self._is_finished = bool(mask & HANGUP)
        return self._tell(on.Peeked(data))

    def _left(self, mask: int) -> None:
        if mask & BROKEN:
            self._end(CloseReason.CLIENT_RST)
        elif mask & HANGUP and self._ssl_i is not None:  # it cannot finish a handshake
            self._end(CloseReason.FIN)
        elif mask & HANGUP:
            self._loop.watch(self._client, NOTHING)  # told of it again when SSL-I begins
