"""What a worker does at the central point's orders, beside taking sessions."""

import contextlib
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import ClassVar

from nf.dataplane.certificates import SslEngine
from nf.dataplane.connection import Connection
from nf.dataplane.duties import Duties
from nf.dataplane.entrance import Entrance
from nf.dataplane.learned_bypass import remember
from nf.dataplane.loop import Chore, Loop
from nf.dataplane.messages import (
    BATCH,
    Drain,
    EndSessions,
    Hear,
    Lend,
    Order,
    Ping,
    Question,
    ReadCrls,
    Reply,
    Report,
    Settled,
    Teach,
)
from nf.dataplane.outbox import Outbox
from nf.dataplane.services import Services
from nf.dataplane.worker_answers import answer
from nf.log.records import CloseReason
from nf.pki import PkiError, PkiStore


class Obeying:
    """Carries out each kind of order; what it works on is the worker's."""

    loop: Loop
    outbox: Outbox
    services: Services
    entrance: Entrance
    engines: Mapping[str, SslEngine]  # all of them, by profile
    _duties: Duties
    _connections: set[Connection]
    _settling: dict[int, Callable[[], None]]  # sessions whose first packet waits for its way
    _drain: Chore | None  # its sessions' last deadline, once others take the new ones

    @property
    def connections(self) -> Collection[Connection]:
        """All sessions that live here."""
        return self._connections

    def connection(self, session_id: int) -> Connection | None:
        """A session that lives here."""
        return next((one for one in self._connections if one.session_id == session_id), None)

    def _end_sessions(self, order: EndSessions) -> None:
        wanted = frozenset(order.session_ids)
        end = (partial(Connection.abandon, reason=CloseReason.CLEARED) if order.silent is None
               else partial(Connection.age_out, silent=order.silent))
        self._end([connection for connection in self._connections if connection.session_id in wanted], end)

    def _reply(self, question: Question) -> None:
        self.outbox.send()  # what it knows of its sessions comes before
        self.outbox.replies.append(Reply(question.number, answer(self, question)))
        self.outbox.send()

    def _remember(self, order: Teach) -> None:
        remember(self._duties.lessons, order, self.loop.now)

    def _settled(self, order: Settled) -> None:
        settled = self._settling.pop(order.session_id, None)
        if settled is not None:
            settled()

    def _hear(self, order: Hear) -> None:
        self.services.hear(order.told)

    def _pinged(self, _: Ping) -> None:
        self.outbox.sent(Report())

    def _lent(self, order: Lend) -> None:
        self.entrance.lent(order)

    def _drain_within(self, order: Drain) -> None:
        self.entrance.close()
        self._drain = Chore(self.loop.stop)
        self.loop.arm(self._drain, order.seconds)
        self._end_if_drained()

    def _read_crls(self, order: ReadCrls) -> None:
        """A directory that cannot be read leaves things as they are."""
        with contextlib.suppress(PkiError):
            store = PkiStore.load(Path(order.directory))
            for key, profile in self._duties.first_path.systems.profiles_in_use.items():
                self.engines[key].update_crls(store.crls(profile.trusted_ca))

    def _end(self, connections: list[Connection], end: Callable[[Connection], None]) -> None:
        """End sessions some at a time, so that the others get their turns between."""
        for connection in connections[:BATCH]:
            end(connection)
        if connections[BATCH:]:
            self.loop.again(partial(self._end, connections[BATCH:], end))

    def _end_if_drained(self) -> None:
        if self._drain is not None and not self._connections:
            self.loop.stop()

    orders: ClassVar[dict[type[Order], Callable[..., None]]] = {
        EndSessions: _end_sessions, Settled: _settled, Question: _reply, Teach: _remember, Hear: _hear, Ping: _pinged,
        Lend: _lent, ReadCrls: _read_crls, Drain: _drain_within}
