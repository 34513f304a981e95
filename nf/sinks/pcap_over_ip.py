"""Packets for whoever connects (PCAP-over-IP): workers put them into a queue that never waits, one process serves it."""

import contextlib
import select
import signal
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from nf.sinks.pcap_file import beginning, blocks

_MESSAGE: Final = 1 << 16  # bytes of the queue's messages
_QUEUE: Final = 1 << 22
MOST_WAITING: Final = 4 << 20  # bytes for a client that does not keep up; what comes beyond, it misses


@dataclass(slots=True)
class _Client:
    sock: socket.socket
    waiting: bytearray = field(default_factory=bytearray)


class PcapOverIp:
    """Listens from the start; OSError says why it cannot. `write` is for workers, `run` for the process that serves."""

    def __init__(self, address: tuple[str, int], interface: str) -> None:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self._listener = socket.create_server(address, family=family)
        self._listener.setblocking(False)
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        self._into, self._out_of = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self._into, self._out_of):
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _QUEUE)
        self._interface = interface
        self._clients: dict[int, _Client] = {}

    def write(self, frames: Sequence[bytes]) -> None:
        """Queue frames; where there is no room they are lost."""
        data = blocks(frames)
        if len(data) > _MESSAGE and len(frames) > 1:
            middle = len(frames) // 2
            self.write(frames[:middle])
            self.write(frames[middle:])
            return
        with contextlib.suppress(OSError):
            self._into.send(data)

    def serving(self) -> list[int]:
        """Descriptors of the process that serves."""
        return [self._listener.fileno(), *(end.fileno() for end in (self._into, self._out_of))]

    def listening(self) -> list[int]:
        """Those that no worker may keep."""
        return [self._listener.fileno(), self._out_of.fileno()]

    def close(self) -> None:
        """Nobody writes any more."""
        self._into.close()

    def run(self) -> None:
        """Serve until every process has closed the queue."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._into.close()
        while self._turn():
            pass

    def _turn(self) -> bool:
        poll = select.poll()
        for fd in (self._listener.fileno(), self._out_of.fileno()):
            poll.register(fd, select.POLLIN)
        for fd, client in self._clients.items():
            poll.register(fd, select.POLLIN | (select.POLLOUT if client.waiting else 0))
        for fd, mask in poll.poll():
            if fd == self._listener.fileno():
                self._accept()
            elif fd == self._out_of.fileno():
                data = self._out_of.recv(2 * _MESSAGE)
                if not data:
                    return False
                self._spread(data)
            else:
                self._serve(self._clients[fd], mask)
        return True

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            sock = self._listener.accept()[0]
            sock.setblocking(False)
            self._clients[sock.fileno()] = _Client(sock, bytearray(beginning(self._interface)))

    def _spread(self, data: bytes) -> None:
        for client in tuple(self._clients.values()):
            if len(client.waiting) < MOST_WAITING:
                client.waiting += data
                self._send(client)

    def _serve(self, client: _Client, mask: int) -> None:
        """A client has nothing to say, so what it says is its end."""
        if mask & (select.POLLIN | select.POLLHUP | select.POLLERR):
            self._forget(client)
        else:
            self._send(client)

    def _send(self, client: _Client) -> None:
        try:
            sent = client.sock.send(client.waiting)
        except BlockingIOError:
            sent = 0
        except OSError:
            return self._forget(client)
        del client.waiting[:sent]
        return None

    def _forget(self, client: _Client) -> None:
        if self._clients.pop(client.sock.fileno(), None) is not None:
            client.sock.close()
