"""The heartbeat: a frame from every leg, by which the controller knows that the central point lives."""

import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from nf.dataplane.loop import Loop
from nf.dataplane.wiring import TransparentLeg
from nf.protocols.heartbeat import INTERVAL, Heartbeat, write

_RECEIVE_NOTHING: Final = 0  # as the protocol of a packet socket (packet(7))


class Heart:
    """Beats once a second for as long as the central point's loop turns and some SPU worker is there."""

    def __init__(self, legs: Sequence[TransparentLeg], digest: str) -> None:
        self.slot: int | None = None
        self.digest = bytes.fromhex(digest)  # of the configuration; another one from the next beat on
        self._legs = {leg.device: Heartbeat(leg.interface.name, self.digest, 0) for leg in legs}
        self._sockets: dict[str, socket.socket] = {}

    def start(self, loop: Loop, serving: Callable[[], bool]) -> None:
        """Beat from now on, whenever `serving` says so; OSError where a device cannot be sent from."""
        self._loop, self._serving = loop, serving
        for device in self._legs:
            opened = self._sockets[device] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, _RECEIVE_NOTHING)
            opened.setblocking(False)
            opened.bind((device, _RECEIVE_NOTHING))
        self.expired()

    def descriptors(self) -> list[int]:
        """Its sockets."""
        return [opened.fileno() for opened in self._sockets.values()]

    def expired(self) -> None:
        """It is time to beat."""
        self._loop.arm(self, INTERVAL)
        if self._serving():
            self._send(leaving=False)

    def stop(self) -> None:
        """Say good-bye, so that nobody has to miss three beats first."""
        self._loop.disarm(self)
        self._send(leaving=True)
        for opened in self._sockets.values():
            opened.close()

    def _send(self, *, leaving: bool) -> None:
        for device, heartbeat in self._legs.items():
            with contextlib.suppress(OSError):  # a leg that is down is silent, and that is what is to be heard
                self._sockets[device].send(write(replace(heartbeat, digest=self.digest, leaving=leaving), _mac(device)))
            self._legs[device] = replace(heartbeat, sequence=heartbeat.sequence + 1)


def _mac(device: str) -> bytes:
    return bytes.fromhex(Path(f"/sys/class/net/{device}/address").read_text(encoding="ascii").strip().replace(":", ""))
