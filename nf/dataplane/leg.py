"""One TCP connection of a session, with or without a TLS end on it: the same four calls for both."""

import contextlib
import errno
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from enum import Enum
from fcntl import ioctl
from socket import SocketType
from termios import FIONREAD
from typing import Final

from msgspec import Struct
from OpenSSL import SSL

from nf.tls import alerts, steps
from nf.tls.failure import FailureKind, TlsFailure, describe
from nf.tls.handshake_watch import Stage
from nf.tls.steps import Pause

CHUNK: Final = 16384  # bytes; a TLS record's plaintext at most, so nothing stays behind in OpenSSL
MOST_UNREAD: Final = 1 << 15  # bytes; more than the longest ClientHello
_TCP_INFO: Final = 11
_TCP_REPAIR: Final = 19  # a socket under repair is closed without a word; needs CAP_NET_ADMIN
_RECEIVED: Final = struct.Struct("=5xB122xQ4xI8xI")  # of TCP_INFO: options, bytes, segments, and those with data
_TIMESTAMPS: Final = 1  # TCPI_OPT_TIMESTAMPS
_TCP_CLOSE: Final = 7  # the first byte of TCP_INFO after an RST; a peer's FIN alone leads to CLOSE-WAIT
_FRUITLESS: Final = 64  # reads in a row that brought no data before it is asked how much they took in
_MOST_FRUITLESS: Final = 1 << 16  # bytes of TLS without data: a record and its tickets are far less
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)


class Stop(Enum):
    """Why a read gave no bytes."""

    AGAIN = "again"
    ENDED = "ended"  # close_notify, or FIN where there is no TLS
    TRUNCATED = "truncated"  # FIN without close_notify
    RESET = "reset"


class Carried(Struct, frozen=True, gc=False):
    """What the peer of a leg has sent: packets and their bytes with IP and TCP headers (Linux `struct tcp_info`)."""

    packets: int
    bytes: int
    data_segments: int
    data_bytes: int = 0  # without headers


NOTHING_CARRIED: Final = Carried(0, 0, 0)


class Leg:
    """A non-blocking socket, its TLS end if any, and what still waits to be written to it."""

    __slots__ = ("_fruitless", "_taken", "failed", "failure", "fd", "interest", "must_read", "out", "paused", "read_ended",
                 "ready", "sock", "stages", "tls", "write_ended", "write_ending")

    def __init__(self, sock: SocketType, failed: Callable[[], None]) -> None:
        self.failed = failed
        self.sock = sock
        self.fd = sock.fileno()
        self.tls: SSL.Connection | None = None
        self.out = b""
        self.must_read = False  # TLS within TLS: nothing can be written before the peer has been heard
        self.paused = False  # not to be read for a while
        self.stages: list[Stage] | None = None  # of what has happened within TLS and is to be told of
        self.failure: TlsFailure | None = None  # why reading TLS has failed
        self._fruitless = 0
        self._taken = 0  # bytes read from the kernel, when the fruitless reads were first counted
        self.read_ended = False
        self.write_ending: Stop | None = None  # the other leg's end, to be passed on when `out` is empty
        self.write_ended = False
        self.interest = -1  # epoll mask it is registered with; -1 is not registered
        self.ready: Callable[[int], None] = _ignore

    def take_turn(self, mask: int) -> None:
        """Do what is expected of the leg now that it is ready; a bug costs its session, not its process."""
        try:
            self.ready(mask)
        except Exception:  # noqa: BLE001 - reported by whoever owns the leg
            self.failed()

    def read(self) -> bytes | Stop:
        """The next bytes, decrypted where there is TLS."""
        self.must_read = False
        try:
            data = self.sock.recv(4 * CHUNK) if self.tls is None else steps.read(self.tls)
        except BlockingIOError:
            data = Pause.READ
        except (SSL.Error, OSError) as error:
            return self._failed_to_read(error)
        if isinstance(data, bytes):
            self._fruitless = 0
            return data or Stop.ENDED
        if data is Pause.ENDED:
            return Stop.ENDED
        self._fruitless += 1
        if self._fruitless % _FRUITLESS == 0 and self.tls is not None:
            self._look_for_storm()
        return Stop.AGAIN

    def _failed_to_read(self, error: Exception) -> Stop:
        self.failure = describe(error)
        return self._without_close_notify() if self.failure.kind is FailureKind.TRUNCATED else Stop.RESET

    def _look_for_storm(self) -> None:
        """Bytes have come and were no data: parts of a record, tickets, or a storm of messages that say nothing."""
        taken = self.carried().data_bytes - self.unread
        if self._fruitless == _FRUITLESS:
            self._taken = taken
        elif taken - self._taken > _MOST_FRUITLESS:
            self.stages = [*(self.stages or ()), Stage.STORM]

    @property
    def drained(self) -> bool:
        """Whether the kernel holds nothing more of this leg: asking is cheaper than a read that finds out."""
        return ioctl(self.fd, FIONREAD, b"\0\0\0\0") == b"\0\0\0\0"

    @property
    def unread(self) -> int:
        """Bytes that the kernel holds of this leg."""
        return int.from_bytes(ioctl(self.fd, FIONREAD, b"\0\0\0\0"), sys.byteorder)

    def passes_on_to(self, other: "Leg") -> bool:
        """Whether both speak TLS, nothing waits for the other, and nothing but data can come: TLS 1.3 does not renegotiate."""
        return (self.tls is not None and other.tls is not None and self.stages is None and other.stages is None
                and not (self.read_ended or other.out or other.must_read))

    def _without_close_notify(self) -> Stop:
        """A reset looks like a FIN to who reads second: OpenSSL's writing of session tickets may have met it first.

        OpenSSL has told the peer of the missing close_notify by now. A peer that has closed resets at that, which is
        no reset of its own: after a FIN the kernel calls it EPIPE.
        """
        state = self.sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0]
        if state != _TCP_CLOSE or self.write_ended:
            return Stop.TRUNCATED
        return Stop.TRUNCATED if self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.EPIPE else Stop.RESET

    @property
    def wants_to_write(self) -> bool:
        """Whether something is left to be sent: data, or the end."""
        return not self.must_read and (bool(self.out) or (self.write_ending is not None and not self.write_ended))

    def write(self, data: bytes) -> bool:
        """Send what goes and keep the rest; False when the connection is broken."""
        if self.out:
            self.out += data
            return True
        try:
            sent = self.sock.send(data) if self.tls is None else steps.write(self.tls, data)
        except BlockingIOError:
            sent = 0
        except (SSL.Error, OSError):
            return False
        if isinstance(sent, Pause):
            self.must_read, sent = sent is Pause.READ, 0
        self.out = data[sent:] if sent < len(data) else b""
        return True

    def flush(self) -> bool:
        """Send more of what was kept, and the end once nothing is left; False when the connection is broken."""
        data, self.out = self.out, b""
        if data and not self.write(data):
            return False
        if not self.out and self.write_ending is not None and not self.write_ended:
            self.end_writing(self.write_ending)
        return True

    def end_writing(self, how: Stop, *, closing: bool = False) -> None:
        """Pass the other leg's end on in kind, after what is still to be written: a truncation stays one.

        `closing` says that `close` comes next, which sends the FIN as well.
        """
        self.write_ending = how
        if self.out:
            return
        try:
            if self.tls is not None and how is Stop.ENDED:
                self.tls.shutdown()
            if not closing:
                self.sock.shutdown(socket.SHUT_WR)
        except SSL.WantWriteError:
            return  # no room for the close_notify yet; without it a whole answer would look cut off
        except (SSL.Error, OSError):
            pass  # the peer is gone already; its reset shows on the reading side
        self.write_ended = True

    def carried(self) -> Carried:
        """What has come in so far."""
        info = self.sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 160)
        if len(info) < 156:
            return NOTHING_CARRIED
        options, received, segments, data_segments = _RECEIVED.unpack_from(info)
        header = (40 if self.sock.family == socket.AF_INET6 else 20) + 20 + (12 if options & _TIMESTAMPS else 0)
        return Carried(segments, received + segments * header, data_segments, received)

    def say_goodbye(self, alert: int | None) -> None:
        """End a client's handshake so that it learns why: with this alert in the clear, or with what OpenSSL has sent."""
        try:
            if self.tls is None and alert is not None:
                self.sock.recv(MOST_UNREAD)  # closing with unread data would overtake the alert with a reset
                self.sock.send(alerts.fatal(alert))
            if self.tls is not None or alert is not None:
                self.sock.shutdown(socket.SHUT_WR)
                self.write_ended = True
        except OSError:
            pass  # it did not wait to hear

    def mark(self, dscp: int) -> None:
        """Have its packets bear a code point from now on."""
        v6 = self.sock.family == socket.AF_INET6
        with contextlib.suppress(OSError):  # the peer is gone already
            self.sock.setsockopt(*((socket.IPPROTO_IPV6, socket.IPV6_TCLASS) if v6 else (socket.IPPROTO_IP, socket.IP_TOS)),
                                 dscp << 2)

    def vanish(self) -> None:
        """Close the socket and tell the peer nothing, where the system lets us; else with an RST."""
        try:
            self.sock.setsockopt(socket.IPPROTO_TCP, _TCP_REPAIR, 1)
        except OSError:
            return self.close(reset=True)
        return self.close(reset=False)

    def close(self, reset: bool) -> None:
        """Close the socket, with an RST where the session did not end by itself."""
        try:
            if reset:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        except OSError:
            pass
        self.tls = None
        self.sock.close()
        self.ready, self.failed = _ignore, traceback.print_exc  # let go of the session, so that it is freed at once


def _ignore(_mask: int) -> None:
    """Nothing is expected of this leg now."""
