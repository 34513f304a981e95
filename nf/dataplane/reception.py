"""Where sessions come in: connections are accepted, placed by the chassis, and handed to the workers of their SPUs."""

import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Callable
from functools import lru_cache, partial
from ipaddress import ip_address
from socket import SocketType
from typing import Final

from hwmodel import FastPath, FirstPath, Refused
from hwmodel.session import FiveTuple, Packet, Session
from nf.dataplane.device import Device
from nf.dataplane.messages import Assign
from nf.dataplane.screening import LIMITS
from nf.dataplane.wiring import Listener, Wiring

ACCEPTS: Final = 64  # connections taken from one listener before others get their turn

_address = lru_cache(4096)(ip_address)


class Reception:
    """The listening sockets of every leg; `forget` takes a session out of all books."""

    def __init__(self, device: Device, wiring: Wiring, forget: Callable[[int], None]) -> None:
        self.wiring = wiring  # of the present configuration
        self._device, self._forget = device, forget
        self._listeners: list[Listener] = []
        self._spare = -1

    def open(self) -> None:
        """Listen, and accept nothing yet; OSError names the address that could not be had."""
        self._listeners = self.wiring.listen()
        for listener in self._listeners:
            listener.socket.setblocking(False)
        self._spare = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)

    def start(self) -> None:
        """Accept from now on."""
        for listener in self._listeners:
            self._device.loop.watch_file(listener.socket.fileno(), partial(self._accept, listener))

    def descriptors(self) -> list[int]:
        """Its sockets, and the spare."""
        return [self._spare, *(listener.socket.fileno() for listener in self._listeners)]

    def stop(self) -> None:
        """Accept no more."""
        for listener in self._listeners:
            self._device.loop.forget_file(listener.socket.fileno())
            listener.socket.close()

    def _accept(self, listener: Listener, _mask: int) -> None:
        for _ in range(min(listener.waiting, ACCEPTS)):  # known beforehand: a refusal would be an exception a session
            try:
                client, peer = listener.accept()
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE):
                    self._refuse(listener)
                break
            try:
                self._place(listener.leg, client, peer)
            except Exception:  # noqa: BLE001 - a bug in placing one session must not end the others
                traceback.print_exc(file=sys.stderr)
                client.close()
        self._device.crew.flush()

    def _refuse(self, listener: Listener) -> None:
        """Close a connection unseen, on the descriptor spared for this: left in the queue it would wake us for ever."""
        self._device.ledger.counters["refused: out of file descriptors"] += 1
        os.close(self._spare)
        with contextlib.suppress(OSError):
            listener.accept()[0].close()
        self._spare = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)

    def _place(self, leg: int, client: SocketType, peer: tuple[str, int]) -> None:
        device, now = self._device, self._device.loop.now
        destination = self.wiring.destination(client)
        flow = FiveTuple(_address(peer[0]), peer[1], _address(destination[0]), destination[1])
        packet = Packet(flow, zone=device.screening.zone(leg))
        placement = device.chassis.receive(packet, now)
        if isinstance(placement, FastPath):  # a connection that is over, and whose worker has not said so yet
            self._forget(placement.session.id)
            placement = device.chassis.receive(packet, now)
        if isinstance(placement, FirstPath):
            if placement.alarm is not None:
                device.screening.exceeded(placement.alarm, flow, leg, now)
            assignment = Assign(placement.session.id, leg, peer[0], peer[1], destination[0], destination[1])
            return self._hand_over(placement.session, assignment, client)
        if isinstance(placement, Refused):
            device.ledger.counters[f"refused: {placement.reason.value}"] += 1
            if placement.reason in LIMITS:
                device.screening.exceeded(placement.reason, flow, leg, now)
        return client.close()

    def _hand_over(self, session: Session, assignment: Assign, client: SocketType) -> None:
        device, now = self._device, self._device.loop.now
        worker = device.worker_of[session.spu]
        if device.crew.hand_over(worker, assignment, client):
            return device.ledger.begin(session, now, device.crew.members[worker].pid)
        device.chassis.close(session.id, now)
        device.ledger.counters["refused: worker not ready"] += 1
        return client.close()
