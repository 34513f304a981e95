"""An SPU worker process: takes sessions from the central point, runs them, and reports what became of them."""

import array
import contextlib
import gc
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from socket import SocketType
from typing import Final

from msgspec.structs import replace

from hwmodel.session import FiveTuple
from nf.dataplane.connection import Connection
from nf.dataplane.daemons import Daemons
from nf.dataplane.duties import Duties
from nf.dataplane.entrance import SHUT, Door, Entrance
from nf.dataplane.found import Findings
from nf.dataplane.learned_bypass import subject
from nf.dataplane.loop import READ, Chore, Loop
from nf.dataplane.memory import MemoryGauge
from nf.dataplane.messages import BATCH, Assign, Closed, Order, Progress, Routed, Taught, Told, decode_orders
from nf.dataplane.news import News
from nf.dataplane.obeying import Obeying
from nf.dataplane.outbox import Outbox
from nf.dataplane.responders import Responders
from nf.dataplane.services import Services
from nf.dataplane.watchdog import Watchdog
from nf.dataplane.wiring import flow_between
from nf.flow.entry import Refusal, SessionEntry
from nf.log.records import LogRecord
from nf.services import Bulletin
from nf.sslproxy.reasons import Reason

LINES_WAIT: Final = 0.02  # seconds that log lines wait for others at most, beside the loop's tick
_MESSAGE: Final = 1 << 16


class Worker(Obeying):
    """One process's sessions; lives until told to stop or until the central point is gone."""

    def __init__(self, duties: Duties, link: socket.socket, door: Door = SHUT) -> None:
        self.loop = self._make_loop()
        self.wiring = duties.wiring
        self.mirrors, self.engines = duties.mirrors, duties.engines
        self.watchdog = Watchdog()
        self._duties = duties
        self._link = link
        self._begin = Connection if duties.tracer is None else duties.tracer.begin
        self._connections: set[Connection] = set()
        self.outbox = Outbox(self.loop, link)
        self.entrance = Entrance(door, self)
        self._settling: dict[int, Callable[[], None]] = {}
        self._records: list[tuple[float, tuple[LogRecord, ...]]] = []  # each with the loop's time
        self._lines = Chore(self._write_log)
        self._memory = MemoryGauge()
        self._drain = None
        self._news = News(self.loop, self._connections, self._tell)
        self._findings = Findings(duties.first_path.systems)
        self.daemons = Daemons(self.loop, duties.contexts)
        self.responders = Responders(self.loop, self.log)
        self.services = Services(self.loop, duties.first_path.services, duties.board, lambda: (
            service for connection in self.connections for service in connection.inspection.services))

    def run(self) -> None:
        """Serve until SIGTERM or until the central point closes the link, then end what is left."""
        self.loop.stop_on(signal.SIGTERM)
        for number in (signal.SIGINT, signal.SIGHUP):  # Ctrl-C reaches the whole group; the central point decides
            signal.signal(number, signal.SIG_IGN)
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)  # sessions free themselves; what cycles there are can wait
        self._link.setblocking(False)
        self.loop.watch_file(self._link.fileno(), self._receive)
        self.watchdog.start()
        self.services.start()
        self.loop.run()
        for connection in tuple(self._connections):
            connection.abandon()
        self._write_log()
        self.outbox.send()

    def _make_loop(self) -> Loop:
        return Loop()

    # what a connection needs of its host

    def log(self, records: tuple[LogRecord, ...]) -> None:
        """Write log records, with their own time, soon and together with others: that spares a third of what they cost."""
        if not records:
            return
        if not self._records:
            self.loop.arm(self._lines, LINES_WAIT)
        self._records.append((self.loop.now, records))

    def _write_log(self) -> None:
        timed, self._records = self._records, []
        began, last = time.time() - time.monotonic(), -1.0
        batches: list[tuple[datetime, list[LogRecord]]] = []
        for now, records in timed:
            if now != last:
                last = now
                batches.append((datetime.fromtimestamp(began + now, UTC), []))
            batches[-1][1].extend(records)
        self._duties.sinks.write_batches(batches)

    def recall(self, entry: SessionEntry, profile: str, server_name: str | None) -> Reason | None:
        """Why this client's session with this server is to be passed on undecrypted, as earlier ones have taught."""
        return self._duties.lessons.recall(subject(entry.five_tuple, profile, server_name), self.loop.now)

    def learn(self, entry: SessionEntry, profile: str, reason: Reason, server_name: str | None) -> None:
        """A session could not be decrypted for this reason: the central point hears of it, and counts."""
        self.outbox.taught.append(Taught(entry.facts.session_id, profile, reason.value, server_name))
        self.entrance.stop()  # in this turn the session ends; its client may be back at once, and is to meet what was learned
        self.loop.again(self.outbox.send)

    def announce(self, bulletin: Bulletin) -> None:
        """Let every worker's service of that name hear this, here at once."""
        told = Told(bulletin.service, bulletin.key, bulletin.value, bulletin.seconds, bulletin.session)
        self.services.hear([told])
        self.outbox.told.append(told)
        self.loop.again(self.outbox.send)

    def route(self, entry: SessionEntry, instance: str, settled: Callable[[], None] | None = None) -> None:
        """Have a session take the way of a routing instance from now on: the central point passes it on, and answers."""
        session_id = entry.facts.session_id
        if settled is not None:
            self._settling[session_id] = settled
        self.outbox.routed.append(Routed(session_id, entry.egress.name, instance, settled is not None))
        self.loop.again(self.outbox.send)

    def closed(self, connection: Connection, summary: Closed) -> None:
        """A session is over."""
        self._connections.discard(connection)
        self._settling.pop(summary.session_id, None)
        if summary.session_id in self._findings.open:
            self.outbox.opened += self._findings.over(summary.session_id)
        self.outbox.closed.append(summary)
        self.outbox.soon()
        if self._drain is not None:
            self._end_if_drained()

    # the link to the central point

    def _receive(self, mask: int) -> None:
        if mask & READ:
            descriptors = array.array("i")
            with contextlib.suppress(BlockingIOError):
                data, ancillary, _, _ = self._link.recvmsg(_MESSAGE, socket.CMSG_SPACE(BATCH * descriptors.itemsize))
                for _, _, content in ancillary:
                    descriptors.frombytes(content[:len(content) - len(content) % descriptors.itemsize])
                if data:
                    return self._obey(decode_orders(data), descriptors)
                return self.loop.stop()  # the central point is gone
        return None if mask & READ else self.loop.stop()

    def _obey(self, orders: Order, descriptors: "array.array[int]") -> None:
        if isinstance(orders, list):
            return self._take(orders, descriptors)
        return self.orders[type(orders)](self, orders)

    def _take(self, assignments: list[Assign], descriptors: "array.array[int]") -> None:
        for assignment in assignments[len(descriptors):]:  # the kernel closed what this process had no room for
            self.crowded(assignment)
        for assignment, descriptor in zip(assignments, descriptors, strict=False):
            family = socket.AF_INET6 if ":" in assignment.source else socket.AF_INET
            client = SocketType(family, socket.SOCK_STREAM, 0, descriptor)
            flow = flow_between((assignment.source, assignment.source_port),
                                (assignment.destination, assignment.destination_port))
            try:
                self.admit(assignment, flow, client)
            except Exception:  # noqa: BLE001 - a bug in one session must not take the others with it
                self.failed(assignment, client)

    def crowded(self, assignment: Assign) -> None:
        """There was no descriptor for a session's client."""
        self._finish(assignment, "dropped", Reason.NO_DESCRIPTORS.value)

    def failed(self, assignment: Assign, client: SocketType) -> None:
        """A bug has ended a session that was being begun."""
        traceback.print_exc(file=sys.stderr)
        client.close()
        self._finish(assignment, "dropped", Reason.INTERNAL.value)

    def admit(self, assignment: Assign, flow: FiveTuple, client: SocketType) -> None:
        """Begin a session, as the first path has it."""
        client.setblocking(False)
        egress = self.wiring.egress(assignment.leg, flow)
        if egress is None:
            client.close()
            return self._finish(assignment, "denied", Reason.NO_ROUTE.value)
        entry = self._duties.first_path.admit(assignment.session_id, flow, self.wiring.ingress(assignment.leg), egress,
                                              self.loop.now, (assignment.source, assignment.destination))
        if self._memory.is_low and isinstance(entry, SessionEntry) and entry.plan.decrypts:
            entry.plan = replace(entry.plan, bypass=Reason.LOW_MEMORY)  # an open case knows the entry by itself
        self.outbox.opened.append(self._findings.of(entry))
        if isinstance(entry, Refusal):
            client.close()
            self.log(entry.denied())
            return self._finish(assignment, "denied", entry.action.value)
        self.outbox.soon()
        connection = self._begin(self, entry, client)
        if not self._connections:
            self._news.wanted()
        self._connections.add(connection)
        return connection.start()

    def _tell(self, progress: list[Progress]) -> None:
        if progress:
            self.outbox.opened += self._findings.news()
            self.outbox.progress += progress
            self.outbox.soon()

    def _finish(self, assignment: Assign, outcome: str, reason: str) -> None:
        self.outbox.closed.append(Closed(assignment.session_id, outcome, reason))
        self.outbox.soon()
