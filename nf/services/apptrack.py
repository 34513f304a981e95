"""AppTrack (Junos: `application-tracking` on a zone): names the application of a session and logs its life.

Volume updates come at the intervals of `first-update-interval` and `session-update-interval`. Where the configuration
has none the first is Juniper's published 1 minute; 5 minutes for the others are our choice. `first-update` writes the
create message at once, named or not, and leaves the first interval out.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from nf.log.apptrack_records import apptrack_close, apptrack_create, apptrack_volume_update
from nf.log.records import ApplicationFacts, CloseReason, LogRecord, SessionFacts, Volume
from nf.policy.profile import AppTracking
from nf.policy.unified import Known
from nf.services import PERMIT, Attachment, Opinion, Scope, Service, Verdict

FIRST_UPDATE, SESSION_UPDATE = 1, 5  # minutes


class AppTrack(Service):
    """Hears which application a session is, and what it carries."""

    rank = 95
    watches = False  # what the bytes tell is heard of
    guesses = False

    def __init__(self, facts: SessionFacts, options: AppTracking, intervals: tuple[float | None, float | None],
                 counts: Counter[str]) -> None:
        self._facts, self._options, self._counts = facts, options, counts
        self._announced = not options.log_session_create
        self.next_update, self._interval = intervals  # at the age of 0 the create message of `first-update`

    def identified(self, known: Known, application: ApplicationFacts, now: float) -> Opinion:  # noqa: ARG002
        """The create message."""
        return PERMIT if self._announced else Opinion(Verdict.PERMIT, self._announce(application))

    def update(self, application: ApplicationFacts, volume: Volume) -> tuple[LogRecord, ...]:
        """A volume update, after a create message where there was none yet; only the latter at the age of 0."""
        due = self.next_update
        if due is None or volume.elapsed_seconds < due:
            return ()
        created = () if self._announced else self._announce(application)
        self.next_update = None if self._interval is None else (volume.elapsed_seconds // self._interval + 1) * self._interval
        self._counts["update"] += bool(due)
        return (*created, apptrack_volume_update(self._facts, application, volume)) if due else created

    def finish(self, application: ApplicationFacts, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:
        """The close message, after a create message for a session that ended before it was named."""
        created = () if self._announced else self._announce(application)
        if not self._options.log_session_close:
            return created
        self._counts["close"] += 1
        return (*created, apptrack_close(self._facts, application, reason, volume))

    def _announce(self, application: ApplicationFacts) -> tuple[LogRecord, ...]:
        self._announced = True
        self._counts["create"] += 1
        return (apptrack_create(self._facts, application),)


def _intervals(options: AppTracking) -> tuple[float | None, float | None]:
    """Seconds until the first message that is due by itself, and between those after it; None for none."""
    if options.no_volume_updates:
        return 0.0 if options.first_update else None, None
    interval = 60.0 * max(1, options.session_update_interval or SESSION_UPDATE)
    first = 60.0 * max(1, options.first_update_interval or FIRST_UPDATE)
    return 0.0 if options.first_update else min(first, interval), interval


class Tracker:
    """What a worker's sessions share: how many messages of each kind were written."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._options, self._intervals = AppTracking(), _intervals(AppTracking())  # of the last session's system

    @staticmethod
    def concerns(scope: Scope) -> bool:
        """Active where the source or destination zone has `application-tracking`."""
        return scope.is_tracked

    def attach(self, attachment: Attachment) -> AppTrack:
        """For a session of such a zone."""
        options = attachment.system.app_tracking
        if options is not self._options:
            self._options, self._intervals = options, _intervals(options)
        return AppTrack(attachment.facts, options, self._intervals, self._counts)

    def report(self, word: str, about: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """`counters`; `clear counters` counts anew."""
        if word.startswith("clear "):
            self._counts.clear()
        return dict(self._counts)


SERVICE = Tracker()
