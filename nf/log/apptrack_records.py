"""Facts about a session become the messages of application tracking, and of the routing that goes by applications."""

from msgspec.structs import astuple

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

_NOBODY = NOT_APPLICABLE, NOT_APPLICABLE  # in place of the user and its roles


def apptrack_create(facts: SessionFacts, application: ApplicationFacts = NO_APPLICATION) -> LogRecord:
    """APPTRACK_SESSION_CREATE, for zones with `application-tracking`, unless session-create messages are off."""
    return record(layouts.TRACKED_CREATE, facts, (*_tracked(facts, application), *_NOBODY, application.encrypted))


def apptrack_volume_update(facts: SessionFacts, application: ApplicationFacts, volume: Volume) -> LogRecord:
    """APPTRACK_SESSION_VOL_UPDATE: what a session that still lives has carried so far."""
    return record(layouts.TRACKED_UPDATE, facts, (
        *_tracked(facts, application), *map(str, astuple(volume)), *_NOBODY, application.encrypted))


def apptrack_close(facts: SessionFacts, application: ApplicationFacts, reason: CloseReason,
                   volume: Volume) -> LogRecord:
    """APPTRACK_SESSION_CLOSE, with the way that application-based routing has given the session."""
    return record(layouts.TRACKED_CLOSE, facts, (
        reason.text, *_tracked(facts, application), *map(str, astuple(volume)), *_NOBODY,
        application.encrypted, *astuple(application.route)))


def apptrack_route_update(facts: SessionFacts, application: ApplicationFacts) -> LogRecord:
    """APPTRACK_SESSION_ROUTE_UPDATE: the session takes another way from now on."""
    return record(layouts.TRACKED_ROUTE, facts, (
        *_tracked(facts, application), *_NOBODY, application.encrypted, *astuple(application.route)))


def apbr_zone_mismatch(facts: SessionFacts, application: ApplicationFacts, action: str) -> LogRecord:
    """APBR_ZONE_MISMATCH: the other way leads into another zone; `action` is what becomes of the session."""
    return record(layouts.ZONE_MISMATCH, facts, (
        *_tracked(facts, application), *_NOBODY, application.encrypted, *astuple(application.route), action))


def _tracked(facts: SessionFacts, application: ApplicationFacts) -> Values:
    return (*facts.ends, facts.service_name, application.application, application.nested_application, *facts.ends,
            NOT_APPLICABLE, NOT_APPLICABLE, str(facts.five_tuple.proto), facts.policy_name, facts.source_zone,
            facts.destination_zone, str(facts.session_id))
