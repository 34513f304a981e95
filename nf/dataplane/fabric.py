"""The fabric link of a chassis cluster: frames of ours alone, on a device that has no address.

Who is in the networks that the cluster protects cannot speak here: nothing is routed to the device, and a leg is no fabric.
Who is on the link itself is trusted, as on a device.
"""

import contextlib
import socket
import struct
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from nf.dataplane.loop import Loop
from nf.policy.redundancy import Said
from nf.protocols.jsrp import DESTINATION, ETHERTYPE, Kind, Message, Rto, batches, read, write

_SOL_PACKET, _ADD_MEMBERSHIP, _MULTICAST = 263, 1, 0  # packet(7)
_MEMBERSHIP: Final = struct.Struct("iHH8s")
_LONGEST: Final = 2048  # bytes
_FRAMES: Final = 256  # taken before others get their turn


class FabricError(Exception):
    """The fabric link cannot be used; the message says why."""


class Fabric:
    """One node's end of the link; frames of other clusters, or of a node with its own number, are counted and dropped."""

    def __init__(self, device: str, cluster: int, node: int) -> None:
        """Raises FabricError where there is no such device."""
        self._place = Path(f"/sys/class/net/{device}")
        if not self._place.exists():
            raise FabricError(f"--fabric {device}: no such network device here")
        self.device, self.cluster, self.node = device, cluster, node
        self.counters: Counter[str] = Counter()
        self._sequence: Counter[Kind] = Counter()
        self._socket: socket.socket | None = None

    def open(self, loop: Loop, hear: Callable[[Message], None]) -> None:
        """Hear the other node from now on; raises FabricError where the device cannot be used."""
        subprocess.run(["ip", "link", "set", "dev", self.device, "up"], capture_output=True, check=False)
        try:
            opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE))
            opened.setblocking(False)
            opened.bind((self.device, ETHERTYPE))
            index = int((self._place / "ifindex").read_text(encoding="ascii"))
            opened.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, _MEMBERSHIP.pack(index, _MULTICAST, 6, DESTINATION.ljust(8, b"\0")))
        except OSError as error:
            raise FabricError(f"--fabric {self.device}: {error.strerror}") from error
        self._socket, self._hear, self._loop = opened, hear, loop
        loop.watch_file(opened.fileno(), self._ready)

    @property
    def up(self) -> bool:
        """Whether the device carries frames."""
        return carries(self.device)

    def descriptors(self) -> list[int]:
        """Its socket."""
        return [] if self._socket is None else [self._socket.fileno()]

    def say(self, kind: Kind, groups: Sequence[tuple[int, Said]] = ()) -> None:
        """Send a frame that has no sessions in it."""
        self._send(kind, groups=tuple(groups))

    def tell(self, rtos: Sequence[Rto]) -> None:
        """Send sessions, as many frames as they need."""
        for batch in batches(rtos):
            self._send(Kind.RTOS, rtos=batch)

    def close(self) -> None:
        """Give the socket back."""
        if self._socket is not None:
            self._loop.forget_file(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _send(self, kind: Kind, groups: tuple[tuple[int, Said], ...] = (), rtos: tuple[Rto, ...] = ()) -> None:
        message = Message(self.cluster, self.node, kind, self._sequence[kind], groups, rtos)
        self._sequence[kind] += 1
        if self._socket is None:
            return
        try:
            self._socket.send(write(message, mac(self.device)))
            self.counters[f"{kind.name} sent"] += 1
        except OSError:  # a link that is down is silent, and that is what is to be noticed
            self.counters[f"{kind.name} not sent"] += 1

    def _ready(self, _mask: int) -> None:
        for _ in range(_FRAMES):
            if self._socket is None:
                return
            with contextlib.suppress(OSError):
                message = read(self._socket.recv(_LONGEST))
                if message is None or message.cluster != self.cluster or message.node == self.node:
                    self.counters["of no use"] += 1
                else:
                    self.counters[f"{message.kind.name} received"] += 1
                    self._hear(message)
                continue
            return


def carries(device: str) -> bool:
    """Whether a device is up and its link is."""
    try:
        return Path(f"/sys/class/net/{device}/carrier").read_text(encoding="ascii").strip() == "1"
    except OSError:
        return False  # it is down, or gone


def mac(device: str) -> bytes:
    """The device's own MAC address."""
    return bytes.fromhex(Path(f"/sys/class/net/{device}/address").read_text(encoding="ascii").strip().replace(":", ""))
