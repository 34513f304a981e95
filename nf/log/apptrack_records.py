"""Facts about a session become the messages of application tracking, and of the routing that goes by applications."""

from msgspec.structs import astuple

from nf.log import layouts
from nf.log.layouts import Layout, Values
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
from nf.policy.systems import ROOT_LOGICAL_SYSTEM

_NOBODY = NOT_APPLICABLE, NOT_APPLICABLE  # in place of the user and its roles


def apptrack_create(facts: SessionFacts, application: ApplicationFacts = NO_APPLICATION) -> LogRecord:
    """APPTRACK_SESSION_CREATE, for zones with `application-tracking`, unless session-create messages are off."""
    return _tracked(layouts.TRACKED_CREATE, facts, application, (), (*_NOBODY, application.encrypted))


def apptrack_volume_update(facts: SessionFacts, application: ApplicationFacts, volume: Volume) -> LogRecord:
    """APPTRACK_SESSION_VOL_UPDATE: what a session that still lives has carried so far."""
    return _tracked(layouts.TRACKED_UPDATE, facts, application, (), (
        *map(str, astuple(volume)), *_NOBODY, application.encrypted))


def apptrack_close(facts: SessionFacts, application: ApplicationFacts, reason: CloseReason,
                   volume: Volume) -> LogRecord:
    """APPTRACK_SESSION_CLOSE, with the way that application-based routing has given the session."""
    return _tracked(layouts.TRACKED_CLOSE, facts, application, (reason.text,), (
        *map(str, astuple(volume)), *_NOBODY, application.encrypted, *astuple(application.route)))


def apptrack_route_update(facts: SessionFacts, application: ApplicationFacts) -> LogRecord:
    """APPTRACK_SESSION_ROUTE_UPDATE: the session takes another way from now on."""
    return _tracked(layouts.TRACKED_ROUTE, facts, application, (), (
        *_NOBODY, application.encrypted, *astuple(application.route)))


def apbr_zone_mismatch(facts: SessionFacts, application: ApplicationFacts, action: str) -> LogRecord:
    """APBR_ZONE_MISMATCH: the other way leads into another zone; `action` is what becomes of the session."""
    return _tracked(layouts.ZONE_MISMATCH, facts, application, (), (
        *_NOBODY, application.encrypted, *astuple(application.route), action))


def _tracked(layout: tuple[Layout, Layout], facts: SessionFacts, application: ApplicationFacts,
             first: Values, last: Values) -> LogRecord:
    """As `record`, with what all these messages say of the session between the first values and the last ones."""
    values = (*first, *facts.ends, facts.service_name, application.application, application.nested_application, *facts.ends,
              NOT_APPLICABLE, NOT_APPLICABLE, str(facts.five_tuple.proto), facts.policy_name, facts.source_zone,
              facts.destination_zone, str(facts.session_id), *last)
    return LogRecord(layout[0], values) if facts.logical_system == ROOT_LOGICAL_SYSTEM else record(layout, facts, values)
