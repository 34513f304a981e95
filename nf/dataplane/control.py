"""The control socket: a unix socket on which operators' commands ask a running device, one JSON object a line."""

import contextlib
import errno
import os
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from nf.dataplane.inquiries import Later
from nf.dataplane.loop import NOTHING, READ, WRITE, Loop

LONGEST_REQUEST: Final = 1 << 16  # bytes
MOST_CLIENTS: Final = 16
PATIENCE: Final = 30.0  # seconds that an operator may neither ask nor take an answer


class Device(Protocol):
    """What answers."""

    def informed(self, then: Callable[[], None]) -> None:
        """Go on as soon as it knows what its workers know."""

    def answer(self, request: Mapping[str, Any]) -> Mapping[str, Any] | Later:
        """The answer to one request, perhaps later; a wrong one is answered with an `error`."""


class ControlSocket:
    """Listens on a path that only its owner may open."""

    def __init__(self, path: Path, device: Device) -> None:
        self.device = device
        self.clients: dict[int, Client] = {}
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def descriptors(self) -> list[int]:
        """The listening one, and those of operators."""
        return [self._socket.fileno(), *self.clients]

    def open(self, loop: Loop) -> None:
        """Listen; a socket that an ended process left behind is replaced, a living one is an OSError."""
        self.loop = loop
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
            if len(self.clients) >= MOST_CLIENTS:
                return client.close()
            client.setblocking(False)
            self.clients[client.fileno()] = Client(self, client)
        return None


class Client:
    """An operator: one request a turn, none while an answer is not taken, let go when silent for long."""

    def __init__(self, control: ControlSocket, sock: socket.socket) -> None:
        self.slot: int | None = None  # the loop's
        self._control, self._loop, self._socket, self._fd = control, control.loop, sock, sock.fileno()
        self._asked = self._answers = b""
        self._interest = 0
        self._awaits = self._over = False
        self._watch(READ)

    def expired(self) -> None:
        """It has been silent for too long."""
        self._leave()

    def _watch(self, interest: int) -> None:
        self._loop.arm(self, PATIENCE)
        if interest != self._interest:
            self._interest = interest
            self._loop.forget_file(self._fd)
            self._loop.watch_file(self._fd, lambda _: self._take_turn(), interest)

    def _take_turn(self) -> None:
        try:
            if self._answers:
                self._answers = self._answers[self._socket.send(self._answers):]
            elif not self._read():
                return self._leave()
        except OSError:  # the operator has gone away
            return self._leave()
        return self._watch(WRITE) if self._answers else self._go_on()

    def _answered(self, answer: Mapping[str, Any]) -> None:
        self._awaits = False
        if not self._over:
            self._answers = msgspec.json.encode(answer) + b"\n"
            self._watch(WRITE)

    def _read(self) -> bool:
        data = self._socket.recv(LONGEST_REQUEST)
        self._asked += data
        return bool(data) and (b"\n" in self._asked or len(self._asked) < LONGEST_REQUEST)

    def _go_on(self) -> None:
        if self._awaits:
            return None
        line, end, rest = self._asked.partition(b"\n")
        if not end:
            return self._watch(READ)
        self._asked, self._awaits = rest, True
        self._watch(NOTHING)
        return self._control.device.informed(partial(self._reply, line))

    def _reply(self, line: bytes) -> None:
        answer = self._answer(line)
        return answer.then(self._answered) if isinstance(answer, Later) else self._answered(answer)

    def _answer(self, line: bytes) -> Mapping[str, Any] | Later:
        try:
            request = msgspec.json.decode(line, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError) as error:
            return {"error": f"not a JSON object: {error}"}
        try:
            return self._control.device.answer(request)
        except Exception:  # noqa: BLE001 - a bug in an answer must not end the device
            traceback.print_exc(file=sys.stderr)
            return {"error": "internal error; the device's standard error says where"}

    def _leave(self) -> None:
        self._over = True
        self._control.clients.pop(self._fd, None)
        self._loop.disarm(self)
        self._loop.forget_file(self._fd)
        self._socket.close()


def ask(path: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """One request to a running device; OSError when none listens there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(10.0)
        client.connect(str(path))
        client.sendall(msgspec.json.encode(request) + b"\n")
        with client.makefile("rb") as answers:
            line = answers.readline()
    if not line:
        raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
    return msgspec.json.decode(line, type=dict[str, Any])


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        return probe.connect_ex(str(path)) != errno.ECONNREFUSED  # a busy one's queue may be full
