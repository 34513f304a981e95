"""Where a worker that accepts by itself does so: on the central point's listening sockets, under numbers that it is lent."""

import errno
import select
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from socket import SocketType
from typing import Final, Protocol

from msgspec.structs import replace

from hwmodel.session import FiveTuple, SpuId
from nf.dataplane.inbox import Inbox
from nf.dataplane.loop import READ, Loop
from nf.dataplane.messages import Assign, Lend
from nf.dataplane.outbox import Outbox
from nf.dataplane.wiring import Listener, Wiring, flow_between, to_address

ONE_OF_MANY: Final = select.EPOLLEXCLUSIVE  # of the workers that watch, one wakes for a connection
FEW: Final = 8  # where others accept too
ACCEPTS: Final = 64  # connections taken from one listener before others get their turn


@dataclass(frozen=True, slots=True)
class Door:
    """What a worker needs to accept by itself: listening sockets, and what tells the SPU of a flow.

    `tally` counts what it has accepted, in memory that the central point sees too: it tells how many go untold with it.
    """

    listeners: Sequence[Listener]
    choose: Callable[[FiveTuple], SpuId]
    worker_of: Mapping[SpuId, int]
    inboxes: Sequence[Inbox]  # of each worker
    inbox: Inbox | None  # its own
    most: int  # connections that it takes from one listener before others get their turn
    tally: "memoryview[int]"


SHUT: Final = Door((), lambda _: 0, {}, (), None, ACCEPTS, memoryview(bytearray(8)).cast("Q"))


class Host(Protocol):
    """The worker."""

    loop: Loop
    outbox: Outbox
    wiring: Wiring

    def admit(self, assignment: Assign, flow: FiveTuple, client: SocketType) -> None:
        """Begin a session."""

    def failed(self, assignment: Assign, client: SocketType) -> None:
        """A bug has ended one that was being begun."""

    def crowded(self, assignment: Assign) -> None:
        """There was no descriptor for one."""


class Entrance:
    """Accepts while it has a number for every SPU; in any trouble it stops, and the central point sees to it."""

    def __init__(self, door: Door, host: Host) -> None:
        self._door, self._host = door, host
        self._numbers: Mapping[SpuId, list[int]] = {}

    def lent(self, order: Lend) -> None:
        """Accept from now on, or no more."""
        if not order.numbers:
            return self.stop()
        self._numbers = order.numbers
        for listener in self._door.listeners:
            self._host.loop.watch_file(listener.socket.fileno(), partial(self._accept, listener), READ | ONE_OF_MANY)
        if self._door.inbox is not None:
            self._host.loop.watch_file(self._door.inbox.fileno(), partial(self._receive, self._door.inbox))
        return None

    def stop(self) -> None:
        """Accept no more, and say so, if that is not so already."""
        if self._numbers:
            self._numbers = {}
            for listener in self._door.listeners:
                self._host.loop.forget_file(listener.socket.fileno())
            if self._door.inbox is not None:
                self._host.loop.forget_file(self._door.inbox.fileno())
            self._host.outbox.stopped = True
            self._host.outbox.send()

    def close(self) -> None:
        """Never accept again."""
        self.stop()
        for listener in self._door.listeners:
            listener.socket.close()

    def _accept(self, listener: Listener, _mask: int) -> None:
        host = self._host
        for _ in range(min(listener.waiting, self._door.most)):
            try:
                client, peer = listener.accept()
            except OSError as error:
                return self.stop() if error.errno in (errno.EMFILE, errno.ENFILE) else None
            destination = host.wiring.destination(client)
            flow = FiveTuple(to_address(peer[0]), peer[1], to_address(destination[0]), destination[1])
            spu = self._door.choose(flow)
            numbers = self._numbers.get(spu)
            if numbers is None:
                self._pass_on(spu, Assign(0, listener.leg, *peer, *destination), client)
                continue
            self._let_in(Assign(numbers.pop(), listener.leg, *peer, *destination, host.loop.now), flow, client)
            if not numbers:
                self.stop()
            if not self._numbers:
                return None
        return None

    def _pass_on(self, spu: SpuId, connection: Assign, client: SocketType) -> None:
        """To the worker of its SPU."""
        if not self._door.inboxes[self._door.worker_of[spu]].put(connection, client):
            self._host.outbox.handed.append((connection, client))
            self._host.loop.again(self._host.outbox.hand_on)

    def _receive(self, inbox: Inbox, _mask: int) -> None:
        for _ in range(ACCEPTS):
            found = inbox.take()
            if found is None:
                return
            connection, client = found
            flow = flow_between((connection.source, connection.source_port),
                                (connection.destination, connection.destination_port))
            numbers = self._numbers[self._door.choose(flow)]
            self._let_in(replace(connection, session_id=numbers.pop(), at=self._host.loop.now), flow, client)
            if not numbers:
                self.stop()
            if not self._numbers:
                return

    def _let_in(self, assignment: Assign, flow: FiveTuple, client: SocketType | None) -> None:
        host = self._host
        host.outbox.accepted.append(assignment)
        self._door.tally[0] += 1
        if client is None:
            host.crowded(assignment)
        else:
            try:
                host.admit(assignment, flow, client)
            except Exception:  # noqa: BLE001 - a bug in one session must not take the others with it
                host.failed(assignment, client)
