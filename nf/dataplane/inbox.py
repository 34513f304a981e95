"""Connections on their way to the worker of their SPU, whichever worker has accepted them."""

import socket
from socket import SocketType
from typing import Final

from nf.dataplane.messages import Assign, decode_orders, encode

_MESSAGE: Final = 4096
_BUFFER: Final = 1 << 20


class Inbox:
    """Outlives its worker: what waits there is the central point's while that worker does not accept."""

    def __init__(self) -> None:
        self._inner, self._outer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._outer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        for end in (self._inner, self._outer):
            end.setblocking(False)

    def fileno(self) -> int:
        """To be watched for what comes."""
        return self._inner.fileno()

    def put(self, connection: Assign, client: SocketType) -> bool:
        """Send a connection; False without room."""
        try:
            socket.send_fds(self._outer, [encode([connection])], [client.fileno()])
        except OSError:
            return False
        client.close()
        return True

    def take(self) -> tuple[Assign, SocketType | None] | None:
        """The next one; its socket is None where this process had no room for it."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self._inner, _MESSAGE, 1)
        except BlockingIOError:
            return None
        orders = decode_orders(data)
        assert isinstance(orders, list)  # noqa: S101 - nothing else is put in
        family = socket.AF_INET6 if ":" in orders[0].source else socket.AF_INET
        return orders[0], SocketType(family, socket.SOCK_STREAM, 0, descriptors[0]) if descriptors else None
