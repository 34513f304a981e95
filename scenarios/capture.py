"""Capture every frame of a network device into a pcapng file until asked to end: `python -m scenarios.capture DEVICE FILE`.

Frames are taken from the socket one by one, and what has arrived before the end is written: dumpcap, which takes them from
a ring in blocks, loses the last ones. Started in a host's network namespace, it says `capturing` on stderr when it does.
"""

import errno
import select
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import BinaryIO, Final

from scenarios import pcapng

_EVERY_PROTOCOL: Final = 0x0003  # ETH_P_ALL
_SO_RCVBUFFORCE: Final = 33
_SO_TIMESTAMPNS: Final = 35
_BUFFER: Final = 64 << 20  # bytes that may wait while this process does not run
_LONGEST: Final = 1 << 16
_TIMESPEC: Final = struct.Struct("@qq")


def open_device(device: str) -> socket.socket:
    """A packet socket on a device, both directions, with the kernel's time of each frame."""
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_EVERY_PROTOCOL))
    packets.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    packets.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    packets.bind((device, _EVERY_PROTOCOL))
    return packets


def capture(packets: socket.socket, device: str, sink: BinaryIO) -> None:
    """Write frames until the process gets SIGTERM, and then those that have arrived by then."""
    wake, waker = socket.socketpair()
    waker.setblocking(False)
    packets.setblocking(False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(waker.fileno())
    sink.write(pcapng.header(device))
    print("capturing", file=sys.stderr, flush=True)  # noqa: T201 - the word that the lab waits for
    ended = False
    while not ended:
        ready, _, _ = select.select([packets, wake], [], [])
        ended = wake in ready
        _drain(packets, sink)


def _drain(packets: socket.socket, sink: BinaryIO) -> None:
    while True:
        try:
            frame, ancillary, _, address = packets.recvmsg(_LONGEST, socket.CMSG_SPACE(_TIMESPEC.size))
        except BlockingIOError:
            return sink.flush()
        except OSError as error:
            if error.errno != errno.ENETDOWN:  # told once, of a device that is down; frames come again when it is up
                raise
            continue
        seconds, nanoseconds = _TIMESPEC.unpack(ancillary[0][2])
        sink.write(pcapng.packet(frame, seconds * 10**9 + nanoseconds, outbound=address[2] == socket.PACKET_OUTGOING))


if __name__ == "__main__":
    with open_device(sys.argv[1]) as opened, Path(sys.argv[2]).open("wb") as file:
        capture(opened, sys.argv[1], file)
