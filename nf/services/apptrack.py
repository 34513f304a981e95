"""AppTrack (Junos: `application-tracking` on a zone): names the application of a session and logs its life."""

from hwmodel.session import Direction
from nf.log.records import (
    ApplicationFacts,
    CloseReason,
    LogRecord,
    SessionFacts,
    Volume,
    apptrack_close,
    apptrack_create,
)
from nf.policy.profile import AppTracking
from nf.protocols.first_bytes import LONGEST_REQUEST_LINE, UNKNOWN, identify
from nf.services import Attachment, Opinion, Verdict


class AppTrack:
    """Reads the client's first bytes until they tell the protocol; data passes while it reads."""

    def __init__(self, facts: SessionFacts, options: AppTracking) -> None:
        self._facts = facts
        self._options = options
        self._head = b""
        self._announced = False

    @classmethod
    def attach(cls, attachment: Attachment) -> "AppTrack | None":
        """Active where the source or destination zone has `application-tracking`."""
        watched = attachment.source_zone.application_tracking or attachment.destination_zone.application_tracking
        if attachment.app_tracking.disable or not watched:
            return None
        return cls(attachment.facts, attachment.app_tracking)

    def inspect(self, direction: Direction, data: bytes, encrypted: bool) -> Opinion:
        """IGNORE once the protocol is known, PERMIT before."""
        if direction is Direction.S2C:
            return Opinion(Verdict.PERMIT)
        self._head = (self._head + data)[:LONGEST_REQUEST_LINE]
        found = identify(self._head)
        if found is None:
            return Opinion(Verdict.PERMIT)
        records = self._announce(found.name, "Yes" if encrypted else "No")
        return Opinion(Verdict.IGNORE, records, found.name, found.request)

    def finish(self, application: ApplicationFacts, reason: CloseReason, volume: Volume) -> tuple[LogRecord, ...]:
        """The close message, after a create message for a session that ended before it was named."""
        created = () if self._announced else self._announce(UNKNOWN, application.encrypted)
        closed = (apptrack_close(self._facts, application, reason, volume),) if self._options.log_session_close else ()
        return created + closed

    def _announce(self, application: str, encrypted: str) -> tuple[LogRecord, ...]:
        self._announced = True
        self._head = b""
        if not self._options.log_session_create:
            return ()
        return (apptrack_create(self._facts, ApplicationFacts(application=application, encrypted=encrypted)),)


SERVICE = AppTrack
