"""Facts about a session become the messages of application tracking, and of the routing that goes by applications."""

from nf.log import layouts
from nf.log.layouts import Values
from nf.log.records import (
    NO_APPLICATION,
    NOT_APPLICABLE,
    ApplicationFacts,
    CloseReason,
    LogRecord,
    SessionFacts,
    Volume,
    record,
)


def apptrack_create(facts: SessionFacts, application: ApplicationFacts = NO_APPLICATION) -> LogRecord:
    """APPTRACK_SESSION_CREATE, for zones with `application-tracking`, unless session-create messages are off."""
    return record(layouts.TRACKED_CREATE, facts, (*_tracked(facts, application), *_user(application)))


def apptrack_volume_update(facts: SessionFacts, application: ApplicationFacts, volume: Volume) -> LogRecord:
    """APPTRACK_SESSION_VOL_UPDATE: what a session that still lives has carried so far."""
    return record(layouts.TRACKED_UPDATE, facts, (*_tracked(facts, application), *volume.values, *_user(application)))


def apptrack_close(facts: SessionFacts, application: ApplicationFacts, reason: CloseReason,
                   volume: Volume) -> LogRecord:
    """APPTRACK_SESSION_CLOSE, with the way that application-based routing has given the session."""
    return record(layouts.TRACKED_CLOSE, facts, (
        reason.value, *_tracked(facts, application), *volume.values, *_user(application), *application.route.values))


def apptrack_route_update(facts: SessionFacts, application: ApplicationFacts) -> LogRecord:
    """APPTRACK_SESSION_ROUTE_UPDATE: the session takes another way from now on."""
    return record(layouts.TRACKED_ROUTE, facts, (
        *_tracked(facts, application), *_user(application), *application.route.values))


def apbr_zone_mismatch(facts: SessionFacts, application: ApplicationFacts, action: str) -> LogRecord:
    """APBR_ZONE_MISMATCH: the other way leads into another zone; `action` is what becomes of the session."""
    return record(layouts.ZONE_MISMATCH, facts, (
        *_tracked(facts, application), *_user(application), *application.route.values, action))


def _tracked(facts: SessionFacts, application: ApplicationFacts) -> Values:
    return (*facts.ends, facts.service_name, *application.identified, *facts.ends, NOT_APPLICABLE, NOT_APPLICABLE,
            str(facts.five_tuple.proto), *facts.policy, str(facts.session_id))


def _user(application: ApplicationFacts) -> Values:
    return NOT_APPLICABLE, NOT_APPLICABLE, application.encrypted
