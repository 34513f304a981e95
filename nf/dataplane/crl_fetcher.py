"""The process that fetches CRLs, beside the workers: it writes into the PKI directory, where new ones are looked for anyway."""

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import msgspec

from nf.dataplane.child import Child
from nf.dataplane.crl_fetching import CrlFetching, Fetched
from nf.dataplane.device import About
from nf.dataplane.loop import Loop
from nf.log.layouts import USER_INFO
from nf.log.records import USER_WARNING, LogRecord
from nf.sinks import Sinks

_MESSAGE: Final = 1 << 16


class CrlFetcher(Child):
    """Costs nothing where no CA profile names a URL; `results` holds how the last try went, by CA profile."""

    def __init__(self, loop: Loop, sinks: Sinks, about: About) -> None:
        super().__init__(loop, "fetches CRLs")
        self.results: dict[str, Fetched] = {}
        self._sinks, self._about = sinks, about
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.setblocking(False)
        loop.watch_file(self._ours.fileno(), lambda _: self._told())

    def work(self) -> Callable[[], None] | None:
        """To keep the lists of those CA profiles current that say where to fetch them."""
        profiles = [profile for profile in self._about.ca_profiles.values() if profile.fetches]
        if self._about.store is None or not profiles:
            return None
        return CrlFetching(self._about.store.directory, profiles, self._theirs).run

    def kept(self) -> list[int]:
        """Its end of the link."""
        return [self._theirs.fileno()]

    def renew(self, about: About) -> None:
        """Go on by another configuration."""
        before, self._about = self._about, about
        if about.ca_profiles != before.ca_profiles:
            self.stop()
            self.results.clear()
            self.expired()

    def descriptors(self) -> list[int]:
        """Those that no worker may keep."""
        return [*super().descriptors(), self._ours.fileno(), self._theirs.fileno()]

    def _told(self) -> None:
        with suppress(BlockingIOError):
            result = msgspec.json.decode(self._ours.recv(_MESSAGE), type=Fetched)
            self.results[result.ca_profile] = result
            if result.problem or result.is_new:
                self._sinks.write((_record(result),))


def _record(result: Fetched) -> LogRecord:
    """Names of ours: no published sample shows those of the devices."""
    profile = ("ca-profile", result.ca_profile)
    if result.problem:
        return LogRecord.of("PKID", "PKID_CRL_DOWNLOAD_FAILED", USER_WARNING, (profile, ("message", result.problem)))
    return LogRecord.of("PKID", "PKID_CRL_DOWNLOADED", USER_INFO, (profile,))
