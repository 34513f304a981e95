"""An ICAP server (RFC 3507) of ours, to be honest or not: a machine of bytes, and a real server on a port of its own."""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from nf.protocols.icap import chunk

OPTIONS = b"ICAP/1.0 200 OK\r\nMethods: REQMOD, RESPMOD\r\nISTag: \"one\"\r\nEncapsulated: null-body=0\r\n"
PREVIEWING = OPTIONS + b"Allow: 204, 206\r\nPreview: 16\r\nTransfer-Preview: *\r\nOptions-TTL: 600\r\n\r\n"
WHOLE = OPTIONS + b"Allow: 204\r\n\r\n"
UNCHANGED = b"ICAP/1.0 204 No Content\r\nISTag: \"one\"\r\n\r\n"
CONTINUE = b"ICAP/1.0 100 Continue\r\n\r\n"


@dataclass(frozen=True)
class Asked:
    """A request as far as it has come: `http` the encapsulated heads, `body` what there is of the content."""

    head: bytes
    http: bytes
    body: bytes
    is_whole: bool

    @property
    def method(self) -> str:
        return self.head.split(b" ", 1)[0].decode()

    def value(self, name: bytes) -> bytes:
        found = re.search(rb"(?im)^%b:[ \t]*([^\r\n]*)" % name, self.head)
        return found[1] if found else b""


Judge = Callable[[Asked], bytes]


def adapted(head: bytes, body: bytes, section: str = "res", status: bytes = b"200 OK", last: bytes = b"0\r\n\r\n") -> bytes:
    """A response that holds this HTTP message."""
    said = b"ICAP/1.0 %b\r\nISTag: \"one\"\r\nEncapsulated: %b-hdr=0, %b-body=%d\r\n\r\n" % (
        status, section.encode(), section.encode(), len(head))
    return said + head + (chunk(body) if body else b"") + last


def echo(asked: Asked) -> bytes:
    """Nothing to object, in the words that the client allows."""
    if not asked.is_whole:
        return CONTINUE
    if b"204" in asked.value(b"Allow"):
        return UNCHANGED
    section = "res" if asked.method == "RESPMOD" else "req"
    offset = re.search(rb"%b-hdr=(\d+)" % section.encode(), asked.value(b"Encapsulated"))
    assert offset is not None
    head = asked.http[int(offset[1]):]
    if b"null-body" in asked.value(b"Encapsulated"):
        said = b"ICAP/1.0 200 OK\r\nISTag: \"one\"\r\nEncapsulated: %b-hdr=0, null-body=%d\r\n\r\n"
        return said % (section.encode(), len(head)) + head
    return adapted(head, asked.body, section)


@dataclass
class Machine:
    """One connection: bytes in, bytes out; `judge` is asked at the end of a preview and of a message."""

    judge: Judge = echo
    options: bytes = PREVIEWING
    seen: list[Asked] = field(default_factory=list)
    _waiting: bytes = b""
    _head: bytes = b""
    _http: bytes = b""
    _body: bytes = b""
    _more: bool = False  # the preview is over
    is_used: bool = False  # something has been answered whole

    def read(self, data: bytes) -> bytes:
        self._waiting += data
        out = b""
        while (answer := self._step()) is not None:
            out += answer
        return out

    def _step(self) -> bytes | None:
        if not self._head and not self._begin():
            return None
        if self._head.startswith(b"OPTIONS"):
            self._reset()
            return self.options
        if b"null-body" in self._head:
            return self._judged(is_whole=True)
        return self._chunk()

    def _begin(self) -> bool:
        head, empty, rest = self._waiting.partition(b"\r\n\r\n")
        body = re.search(rb"-body=(\d+)", head)
        length = int(body[1]) if body else 0
        if not empty or len(rest) < length:
            return False
        self._head, self._http, self._waiting = head, rest[:length], rest[length:]
        return True

    def _chunk(self) -> bytes | None:
        line, end, rest = self._waiting.partition(b"\r\n")
        size = int(line.partition(b";")[0] or b"0", 16) if end else 0
        if not end or len(rest) < size + 2:
            return None
        self._waiting, self._body = rest[size + 2:], self._body + rest[:size]
        if size:
            return b""
        in_preview = re.search(rb"(?im)^preview:", self._head) is not None and not self._more
        return self._judged(is_whole=b"ieof" in line or not in_preview)

    def _judged(self, *, is_whole: bool) -> bytes:
        asked = Asked(self._head, self._http, self._body, is_whole)
        self.seen.append(asked)
        answer = self.judge(asked)
        if answer == CONTINUE:
            self._more = True
        else:
            self._reset()
        return answer

    def _reset(self) -> None:
        self.is_used = True
        self._head, self._http, self._body, self._more = b"", b"", b"", False


@contextmanager
def icap_server(judge: Judge = echo, options: bytes = PREVIEWING, *, closes: bool = False,
                context: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[Asked]]]:
    """A real one on 127.0.0.1; its port, and what it has been asked.

    One that `closes` ends connections at the
    second thing that it is asked on them."""
    seen: list[Asked] = []
    listener = socket.create_server(("127.0.0.1", 0))
    connections: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        machine = Machine(judge, options, seen)
        try:
            with connection if context is None else context.wrap_socket(connection, server_side=True) as stream:
                while (data := stream.recv(65536)) and not (closes and machine.is_used):
                    stream.sendall(machine.read(data))
        except (OSError, ValueError):
            return

    def accept() -> None:
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            connections.append(connection)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1], seen
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in connections:
            connection.close()
