"""Where sessions come in: connections are accepted, placed by the chassis, and handed to the workers of their SPUs."""

import contextlib
import errno
import os
import socket
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from socket import SocketType

from hwmodel import FastPath, FirstPath, Refused
from hwmodel.session import FiveTuple, Packet, Session
from nf.dataplane.device import Device
from nf.dataplane.entrance import ACCEPTS
from nf.dataplane.inbox import Inbox
from nf.dataplane.member import Member
from nf.dataplane.messages import Assign, EndSessions
from nf.dataplane.screening import LIMITS
from nf.dataplane.wiring import Listener, Wiring, flow_between


class Reception:
    """The listening sockets of every leg; `forget` takes a session out of all books."""

    def __init__(self, device: Device, wiring: Wiring, forget: Callable[[int], None]) -> None:
        self.wiring = wiring  # of the present configuration
        self._device, self._forget = device, forget
        self.listeners: list[Listener] = []
        self._spare = -1

    def open(self) -> None:
        """Listen, and accept nothing yet; OSError names the address that could not be had."""
        self.listeners = self.wiring.listen()
        for listener in self.listeners:
            listener.socket.setblocking(False)
        self._spare = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)

    def start(self) -> None:
        """Accept from now on."""
        for listener in self.listeners:
            self._device.loop.watch_file(listener.socket.fileno(), partial(self._accept, listener))

    def pause(self) -> None:
        """Leave what comes to others."""
        for listener in self.listeners:
            self._device.loop.forget_file(listener.socket.fileno())

    def descriptors(self) -> list[int]:
        """The spare, and its sockets where no worker is to have them."""
        shared = self._device.crew.door.listeners
        return [self._spare, *(listener.socket.fileno() for listener in self.listeners if listener not in shared)]

    def stop(self) -> None:
        """Accept no more."""
        self.pause()
        for listener in self.listeners:
            listener.socket.close()
        self.listeners = []  # a worker's last report may still leave them to us

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
        destination = self.wiring.destination(client)
        session = self._placed(flow_between(peer, destination), leg, self._device.loop.now)
        if session is None:
            return client.close()
        return self._hand_over(session, Assign(session.id, leg, *peer, *destination), client)

    def attend(self, inbox: Inbox) -> None:
        """See to what waits for a worker that does not accept."""
        self._device.loop.watch_file(inbox.fileno(), partial(self._take, inbox))

    def leave(self, inbox: Inbox) -> None:
        """Its worker does."""
        self._device.loop.forget_file(inbox.fileno())

    def _take(self, inbox: Inbox, _mask: int) -> None:
        for _ in range(ACCEPTS):
            found = inbox.take()
            if found is None:
                break
            connection, client = found
            if client is None:
                self._device.ledger.counters["refused: out of file descriptors"] += 1
            else:
                self._place(connection.leg, client, (connection.source, connection.source_port))
        self._device.crew.flush()

    def handed(self, assignments: Sequence[Assign], descriptors: Sequence[int]) -> None:
        """Connections that a worker has accepted and that are another's; the kernel closed what there was no room for."""
        if len(descriptors) < len(assignments):
            self._device.ledger.counters["refused: out of file descriptors"] += len(assignments) - len(descriptors)
        for one, descriptor in zip(assignments, descriptors, strict=False):
            family = socket.AF_INET6 if ":" in one.source else socket.AF_INET
            self._place(one.leg, SocketType(family, socket.SOCK_STREAM, 0, descriptor), (one.source, one.source_port))
        self._device.crew.flush()

    def entered(self, member: Member, accepted: Assign) -> None:
        """A worker has let a session in, under a number that it was lent."""
        member.told += 1
        member.lent.discard(accepted.session_id)
        flow = flow_between((accepted.source, accepted.source_port), (accepted.destination, accepted.destination_port))
        session = self._placed(flow, accepted.leg, accepted.at, accepted.session_id)
        if session is None:
            member.order(EndSessions([accepted.session_id]))
            return self._device.crew.flush()
        return self._device.ledger.begin(session, accepted.at, member.pid)

    def _placed(self, flow: FiveTuple, leg: int, now: float, number: int | None = None) -> Session | None:
        """The session that the chassis makes of a connection, if it does."""
        device = self._device
        packet = Packet(flow, zone=device.screening.zone(leg))
        placement = device.chassis.receive(packet, now, number=number)
        if isinstance(placement, FastPath):  # a connection that is over, and whose worker has not said so yet
            self._forget(placement.session.id)
            placement = device.chassis.receive(packet, now, number=number)
        if isinstance(placement, Refused):
            device.ledger.counters[f"refused: {placement.reason.value}"] += 1
            if placement.reason in LIMITS:
                device.screening.exceeded(placement.reason, flow, leg, now)
        if not isinstance(placement, FirstPath):
            return None
        if placement.alarm is not None:
            device.screening.exceeded(placement.alarm, flow, leg, now)
        return placement.session

    def _hand_over(self, session: Session, assignment: Assign, client: SocketType) -> None:
        device, now = self._device, self._device.loop.now
        worker = device.worker_of[session.spu]
        if device.crew.hand_over(worker, assignment, client):
            return device.ledger.begin(session, now, device.crew.members[worker].pid)
        device.chassis.close(session.id, now)
        device.ledger.counters["refused: worker not ready"] += 1
        return client.close()
