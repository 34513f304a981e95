"""What a connection needs of the worker that it lives in."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from nf.dataplane.certificates import SslEngine
from nf.dataplane.daemons import Daemons
from nf.dataplane.loop import Loop
from nf.dataplane.messages import Closed
from nf.dataplane.mirror import Mirrors
from nf.dataplane.responders import Responders
from nf.dataplane.watchdog import Watchdog
from nf.dataplane.wiring import Wiring
from nf.flow.entry import SessionEntry
from nf.log.records import LogRecord
from nf.services import Bulletin
from nf.sslproxy.reasons import Reason


class Host(Protocol):
    """A worker, as its sessions see it."""

    loop: Loop
    wiring: Wiring
    watchdog: Watchdog
    daemons: Daemons
    responders: Responders
    mirrors: Mirrors | None  # None where nothing is mirrored
    engines: Mapping[str, SslEngine]  # by profile

    def log(self, records: tuple[LogRecord, ...]) -> None:
        """Write log records."""

    def recall(self, entry: SessionEntry, profile: str, server_name: str | None) -> Reason | None:
        """Why this client's session with this server is to be passed on undecrypted, as earlier ones have taught."""

    def learn(self, entry: SessionEntry, profile: str, reason: Reason, server_name: str | None) -> None:
        """A session could not be decrypted for this reason."""

    def announce(self, bulletin: Bulletin) -> None:
        """Let every worker's service of that name hear this."""

    def route(self, entry: SessionEntry, instance: str, settled: Callable[[], None] | None = None) -> None:
        """Have a session take the way of a routing instance from now on; `settled` is called when its first packet may go."""

    def closed(self, connection: Any, summary: Closed) -> None:
        """The session is over; which class it has is between the worker and itself."""
