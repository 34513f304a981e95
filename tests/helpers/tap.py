"""A wire between two TCP ends that keeps every byte, as a capture on a link would."""

import contextlib
import socket
import threading
from typing import Self

from tests.helpers.origin import DEADLINE, LOOPBACK


class Tap:
    """Connections to `address` go on to `target`; `bytes_seen` is what both sides have sent so far."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._seen = bytearray()
        self._listener = socket.create_server((LOOPBACK, 0), backlog=512)
        self.address: tuple[str, int] = self._listener.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def bytes_seen(self) -> bytes:
        return bytes(self._seen)

    def connect(self) -> socket.socket:
        """A client's connection through the wire."""
        return socket.create_connection(self.address, timeout=DEADLINE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target, timeout=DEADLINE)
                near.settimeout(DEADLINE)
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._seen += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
