"""The heartbeat: a frame from every leg, by which the controller knows that the central point lives; beside it, ways."""

import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from hwmodel.session import FiveTuple
from nf.dataplane.loop import Loop
from nf.dataplane.ways import Row, Ways
from nf.dataplane.wiring import TransparentLeg
from nf.protocols import ways
from nf.protocols.heartbeat import INTERVAL, Heartbeat, write

_RECEIVE_NOTHING: Final = 0  # as the protocol of a packet socket (packet(7))


class Heart:
    """Beats once a second for as long as the central point's loop turns and some SPU worker is there."""

    def __init__(self, legs: Sequence[TransparentLeg], digest: str) -> None:
        self.slot: int | None = None
        self.primary = False  # of a chassis cluster
        self.digest = bytes.fromhex(digest)  # of the configuration; another one from the next beat on
        self._legs = {leg.device: Heartbeat(leg.interface.name, self.digest, 0) for leg in legs}
        self._sockets: dict[str, socket.socket] = {}
        self._devices = {leg.interface.name: leg.device for leg in legs}
        self._ways = Ways()

    def start(self, loop: Loop, serving: Callable[[], bool], lives: Callable[[int], bool] = bool) -> None:
        """Beat from now on, whenever `serving` says so; OSError where a device cannot be sent from.

        `lives` tells whether there still is a session of that number.
        """
        self._loop, self._serving, self._lives = loop, serving, lives
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
            self._tell(self._ways.beat(self._lives))

    def routed(self, session_id: int, flow: FiveTuple, egress: str, instance: str) -> None:
        """A session that leaves by an interface is to take the way of a routing instance."""
        self._tell(self._ways.routed(session_id, flow, egress, instance))

    def closed(self, session_id: int) -> None:
        """A session is over."""
        self._tell(self._ways.closed(session_id))

    def stop(self) -> None:
        """Say good-bye, so that nobody has to miss three beats first."""
        self._loop.disarm(self)
        self._send(leaving=True)
        for opened in self._sockets.values():
            opened.close()

    def _send(self, *, leaving: bool) -> None:
        for device, heartbeat in self._legs.items():
            with contextlib.suppress(OSError):  # a leg that is down is silent, and that is what is to be heard
                self._sockets[device].send(write(replace(heartbeat, digest=self.digest, leaving=leaving, primary=self.primary),
                                                        _mac(device)))
            self._legs[device] = replace(heartbeat, sequence=heartbeat.sequence + 1)

    def _tell(self, rows: Sequence[Row]) -> None:
        for egress in dict.fromkeys(row.egress for row in rows):
            device = self._devices.get(egress)
            if device is None:
                continue
            for frame in ways.write([row.moved for row in rows if row.egress == egress], _mac(device)):
                with contextlib.suppress(OSError):  # as above
                    self._sockets[device].send(frame)


def _mac(device: str) -> bytes:
    return bytes.fromhex(Path(f"/sys/class/net/{device}/address").read_text(encoding="ascii").strip().replace(":", ""))
