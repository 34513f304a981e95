"""The process that fetches CRLs and feeds, beside the workers: it writes files, which are looked at for changes anyway."""

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec

from nf.dataplane.child import Child
from nf.dataplane.device import About
from nf.dataplane.fetching import Fetched, Fetching
from nf.dataplane.loop import Loop
from nf.log.layouts import USER_INFO
from nf.log.records import USER_WARNING, LogRecord
from nf.sinks import Sinks

_MESSAGE: Final = 1 << 16
# Names of ours: no published sample shows those of the devices.
_RECORDS: Final = {"crl": ("PKID", "PKID_CRL", "ca-profile"), "feed": ("RT_SECINTEL", "SECINTEL_FEED", "feed-name")}


class Fetcher(Child):
    """Costs nothing where nothing is to be fetched; `results` holds how the last tries went, by kind and name."""

    def __init__(self, loop: Loop, sinks: Sinks, about: About) -> None:
        super().__init__(loop, "fetches CRLs and feeds")
        self.results: dict[tuple[str, str], Fetched] = {}
        self._sinks, self._about = sinks, about
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.setblocking(False)
        loop.watch_file(self._ours.fileno(), lambda _: self._told())

    def work(self) -> Callable[[], None] | None:
        """To keep files current."""
        return Fetching(self._about.errands, self._theirs).run if self._about.errands else None

    def kept(self) -> list[int]:
        """Its end of the link."""
        return [self._theirs.fileno()]

    def renew(self, about: About) -> None:
        """Go on by another configuration."""
        before, self._about = self._about, about
        if about.errands != before.errands:
            self.stop()
            self.results.clear()
            self.expired()

    def descriptors(self) -> list[int]:
        """Those that no worker may keep."""
        return [*super().descriptors(), self._ours.fileno(), self._theirs.fileno()]

    def _told(self) -> None:
        with suppress(BlockingIOError):
            result = msgspec.json.decode(self._ours.recv(_MESSAGE), type=Fetched)
            self.results[result.kind, result.name] = result
            if result.problem or result.is_new:
                self._sinks.write((_record(result),))


def _record(result: Fetched) -> LogRecord:
    app, name, whose = _RECORDS[result.kind]
    subject = (whose, result.name)
    if result.problem:
        return LogRecord.of(app, f"{name}_DOWNLOAD_FAILED", USER_WARNING, (subject, ("message", result.problem)))
    return LogRecord.of(app, f"{name}_DOWNLOADED", USER_INFO, (subject,))
