"""The heartbeat: a frame from every leg, by which the controller knows that the central point lives; beside it, ways.

The controller answers one thing: that the way of a session is made whose first packet waits for it.
"""

import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from hwmodel.session import FiveTuple
from nf.dataplane.first_packets import FirstPackets
from nf.dataplane.loop import Chore, Loop
from nf.dataplane.ways import Row, Ways
from nf.dataplane.wiring import TransparentLeg
from nf.protocols import ways
from nf.protocols.heartbeat import ETHERTYPE, INTERVAL, Heartbeat, write

_RECEIVE_NOTHING: Final = 0  # as the protocol of a packet socket (packet(7))
_FRAME: Final = 1514  # bytes
_AT_ONCE: Final = 16  # frames taken before others get their turn


class Heart:
    """Beats once a second for as long as the central point's loop turns and some SPU worker is there."""

    def __init__(self, legs: Sequence[TransparentLeg], digest: str) -> None:
        self.slot: int | None = None
        self.primary = False  # of a chassis cluster
        self.digest = bytes.fromhex(digest)  # of the configuration; another one from the next beat on
        self._legs = {leg.device: Heartbeat(leg.interface.name, self.digest, 0) for leg in legs}
        self._sockets: dict[str, socket.socket] = {}
        self._ears: list[socket.socket] = []
        self._devices = {leg.interface.name: leg.device for leg in legs}
        self._ways, self._first = Ways(), FirstPackets()
        self._due: list[Row] = []  # said at the end of the turn
        self._late = Chore(self._give_up)

    def start(self, loop: Loop, serving: Callable[[], bool], lives: Callable[[int], bool] = bool,
              settled: Callable[[int], None] = lambda _: None) -> None:
        """Beat from now on, whenever `serving` says so; OSError where a device cannot be sent from.

        `lives` tells whether there still is a session of that number; `settled` hears of those that need not wait any longer.
        """
        self._loop, self._serving, self._lives, self._settled = loop, serving, lives, settled
        for device in self._legs:
            self._sockets[device] = _opened(device, _RECEIVE_NOTHING)
            ear = _opened(device, ETHERTYPE)  # of its own: what befalls the device is told by the next call on it
            self._ears.append(ear)
            loop.watch_file(ear.fileno(), partial(self._hear, ear))
        self.expired()

    def descriptors(self) -> list[int]:
        """Its sockets."""
        return [opened.fileno() for opened in (*self._sockets.values(), *self._ears)]

    def expired(self) -> None:
        """It is time to beat."""
        self._loop.arm(self, INTERVAL)
        if self._serving():
            self._send(leaving=False)
            self._tell(self._ways.beat(self._lives))

    def routed(self, session_id: int, flow: FiveTuple, egress: str, instance: str, *, first: bool = False) -> bool:
        """A session that leaves by an interface is to take the way of a routing instance; whether its `first` packet waits."""
        waits = first and egress in self._devices and self._first.waits(session_id, flow, self._loop.now)
        if not self._due:
            self._loop.again(self._tell_due)
        self._due += self._ways.routed(session_id, flow, egress, instance, first=waits)
        if waits:
            self._watch_time()
        return waits

    def closed(self, session_id: int) -> None:
        """A session is over."""
        self._tell(self._ways.closed(session_id))

    def stop(self) -> None:
        """Say good-bye, so that nobody has to miss three beats first."""
        self._loop.disarm(self)
        self._loop.disarm(self._late)
        self._send(leaving=True)
        for ear in self._ears:
            self._loop.forget_file(ear.fileno())
        for opened in (*self._sockets.values(), *self._ears):
            opened.close()

    def _send(self, *, leaving: bool) -> None:
        for device, heartbeat in self._legs.items():
            with contextlib.suppress(OSError):  # a leg that is down is silent, and that is what is to be heard
                self._sockets[device].send(write(replace(heartbeat, digest=self.digest, leaving=leaving, primary=self.primary),
                                                        _mac(device)))
            self._legs[device] = replace(heartbeat, sequence=heartbeat.sequence + 1)

    def _hear(self, ear: socket.socket, _mask: int) -> None:
        """The controller's answers; whatever else comes in this EtherType is not for here."""
        with contextlib.suppress(OSError):  # nothing more, or the leg is down
            for _ in range(_AT_ONCE):
                for row in ways.read_answers(ear.recv(_FRAME)) or ():
                    session_id = self._first.answered(row.flow)
                    if session_id is not None:
                        self._go(session_id, made=row.first)

    def _go(self, session_id: int, *, made: bool) -> None:
        if not made:
            self._tell(self._ways.begun(session_id))
        self._settled(session_id)

    def _give_up(self) -> None:
        for session_id in self._first.overdue(self._loop.now):
            self._go(session_id, made=False)
        self._watch_time()

    def _watch_time(self) -> None:
        left = self._first.patience(self._loop.now)
        if left is not None:
            self._loop.arm(self._late, left)

    def _tell_due(self) -> None:
        due, self._due = self._due, []
        self._tell(due)

    def _tell(self, rows: Sequence[Row]) -> None:
        for egress in dict.fromkeys(row.egress for row in rows):
            device = self._devices.get(egress)
            if device is None:
                continue
            for frame in ways.write([row.moved for row in rows if row.egress == egress], _mac(device)):
                with contextlib.suppress(OSError):  # as above
                    self._sockets[device].send(frame)


def _opened(device: str, protocol: int) -> socket.socket:
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, _RECEIVE_NOTHING)
    opened.setblocking(False)
    opened.bind((device, protocol))
    return opened


def _mac(device: str) -> bytes:
    return bytes.fromhex(Path(f"/sys/class/net/{device}/address").read_text(encoding="ascii").strip().replace(":", ""))
