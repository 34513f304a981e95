"""The control socket: a unix socket on which operators' commands ask a running device, one JSON object a line each way."""

import contextlib
import errno
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from nf.dataplane.loop import Loop

LONGEST_REQUEST: Final = 1 << 16  # bytes
MOST_CLIENTS: Final = 16


class Device(Protocol):
    """What answers."""

    def answer(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to one request; a wrong one is answered with an `error`."""


class ControlSocket:
    """Listens on a path that only its owner may open."""

    def __init__(self, path: Path, device: Device) -> None:
        self._path = path
        self._device = device
        self._clients: dict[int, bytes] = {}
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def descriptors(self) -> list[int]:
        """The listening one, and those of operators."""
        return [self._socket.fileno(), *self._clients]

    def open(self, loop: Loop) -> None:
        """Listen; a socket that an ended process left behind is replaced, a living one is an OSError."""
        self._loop = loop
        if self._path.is_socket() and not _answers(self._path):
            self._path.unlink()
        mask = os.umask(0o177)
        try:
            self._socket.bind(str(self._path))
        except OSError as error:
            raise OSError(error.errno, f"cannot open control socket {self._path}: {error.strerror or error}") from error
        finally:
            os.umask(mask)
        self._socket.listen(MOST_CLIENTS)
        self._socket.setblocking(False)
        loop.watch_file(self._socket.fileno(), lambda _: self._accept())

    def close(self) -> None:
        """Stop listening, and take the path away."""
        self._socket.close()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # gone again, or no descriptor left
            client, _ = self._socket.accept()
            if len(self._clients) >= MOST_CLIENTS:
                return client.close()
            client.settimeout(1.0)  # an answer that its reader does not take must not stop the device for long
            self._clients[client.fileno()] = b""
            self._loop.watch_file(client.fileno(), lambda _: self._serve(client))
        return None

    def _serve(self, client: socket.socket) -> None:
        try:
            data = client.recv(LONGEST_REQUEST)
            text = self._clients[client.fileno()] + data
            *lines, rest = text.split(b"\n")
            for line in lines:
                client.sendall(msgspec.json.encode(self._answer(line)) + b"\n")
            self._clients[client.fileno()] = rest
            if data and len(rest) < LONGEST_REQUEST:
                return
        except OSError:
            pass  # the operator has gone away
        self._clients.pop(client.fileno(), None)
        self._loop.forget_file(client.fileno())
        client.close()

    def _answer(self, line: bytes) -> Mapping[str, Any]:
        try:
            request = msgspec.json.decode(line, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError) as error:
            return {"error": f"not a JSON object: {error}"}
        return self._device.answer(request)


def ask(path: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """One request to a running device; OSError when none listens there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(10.0)
        client.connect(str(path))
        client.sendall(msgspec.json.encode(request) + b"\n")
        with client.makefile("rb") as answers:
            return msgspec.json.decode(answers.readline(), type=dict[str, Any])


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        return probe.connect_ex(str(path)) != errno.ECONNREFUSED  # a busy one's queue may be full
