"""Messages of UTM (RT_UTM): what web filtering, antivirus, content filtering and anti-spam tell."""

from nf.log.layouts import USER_INFO, Layout, Names, Values
from nf.log.records import NOT_APPLICABLE, USER_WARNING, ApplicationFacts, LogRecord, SessionFacts
from nf.policy.systems import ROOT_LOGICAL_SYSTEM

_ENDS = ("source-address", "source-port", "destination-address", "destination-port")
_ZONES = ("source-zone", "destination-zone")
_USER = ("username", "roles")
_NOBODY = (NOT_APPLICABLE, NOT_APPLICABLE)

_URL = (*_ZONES, *_ENDS, "session-id", "application", "nested-application", "category", "reason", "profile", "url", "obj",
        *_USER, "application-sub-category", "urlcategory-risk")
_UNSCANNED = (*_ZONES, *_ENDS, "profile-name", "filename", "action", "reason", "error-code", *_USER)


def _layouts(name: str, priority: int, names: Names) -> tuple[Layout, Layout]:
    return (Layout("RT_UTM", name, priority, names), Layout("RT_UTM", f"{name}_LS", priority, ("logical-system-name", *names)))


_URL_BLOCKED = _layouts("WEBFILTER_URL_BLOCKED", USER_WARNING, _URL)
_URL_PERMITTED = _layouts("WEBFILTER_URL_PERMITTED", USER_INFO, _URL)
_VIRUS = _layouts("AV_VIRUS_DETECTED_MT", USER_WARNING, (
    *_ENDS, "source-zone-name", "filename", "temporary-filename", "name", "url"))
_DROPPED = _layouts("AV_FILE_NOT_SCANNED_DROPPED_MT", USER_WARNING, _UNSCANNED)
_PASSED = _layouts("AV_FILE_NOT_SCANNED_PASSED_MT", USER_INFO, _UNSCANNED)
_CONTENT = _layouts("CONTENT_FILTERING_BLOCKED_MT", USER_WARNING, (
    *_ZONES, "protocol", *_ENDS, "profile-name", "action", "reason", *_USER, "filename"))
_SPAM = _layouts("ANTISPAM_SPAM_DETECTED_MT", USER_WARNING, (
    *_ZONES, "source-name", "source-address", "profile-name", "action", "reason", *_USER))
_OVER_LIMIT = _layouts("SRXNF_UTM_SESSION_LIMIT", USER_INFO, (*_ZONES, *_ENDS, "policy-name", "session-id", "limit"))


def url_filtered(facts: SessionFacts, profile: str, application: ApplicationFacts, *, blocked: bool, category: str, reason: str,
                 url: str, path: str, risk: str) -> LogRecord:
    """WEBFILTER_URL_BLOCKED, or …_PERMITTED for `log-and-permit`; the client is the source."""
    return _record(_URL_BLOCKED if blocked else _URL_PERMITTED, facts, (
        facts.source_zone, facts.destination_zone, *facts.ends, str(facts.session_id), application.application,
        application.nested_application, category, reason, profile, url, path, *_NOBODY, application.sub_category, risk))


def virus_detected(facts: SessionFacts, *, upload: bool, file: str, virus: str, url: str) -> LogRecord:
    """AV_VIRUS_DETECTED_MT; the source is who sent the file."""
    zone = facts.source_zone if upload else facts.destination_zone
    return _record(_VIRUS, facts, (*_from(facts, upload), zone, file, file, virus, url))


def file_not_scanned(facts: SessionFacts, profile: str, *, upload: bool, file: str, dropped: bool, reason: str,
                     code: int) -> LogRecord:
    """AV_FILE_NOT_SCANNED_DROPPED_MT, or …_PASSED_MT for `log-and-permit`; the source is who sent the file."""
    return _record(_DROPPED if dropped else _PASSED, facts, (
        *_zones(facts, upload), *_from(facts, upload), profile, file, "BLOCKED" if dropped else "PASSED", reason, str(code),
        *_NOBODY))


def content_filtered(facts: SessionFacts, profile: str, *, upload: bool, protocol: str, action: str, reason: str,
                     file: str) -> LogRecord:
    """CONTENT_FILTERING_BLOCKED_MT; the source is who sent the content."""
    return _record(_CONTENT, facts, (
        *_zones(facts, upload), protocol.lower(), *_from(facts, upload), profile, action, reason, *_NOBODY, file))


def spam_detected(facts: SessionFacts, profile: str, *, sender: str, action: str, reason: str) -> LogRecord:
    """ANTISPAM_SPAM_DETECTED_MT; the source is the mail's sender."""
    return _record(_SPAM, facts, (
        facts.source_zone, facts.destination_zone, sender or NOT_APPLICABLE, facts.ends[0], profile, action, reason, *_NOBODY))


def over_limit(facts: SessionFacts, policy: str, limit: int) -> LogRecord:
    """A client's session beyond `sessions-per-client`, let through by `log-and-permit`; the message is ours."""
    return _record(_OVER_LIMIT, facts, (
        facts.source_zone, facts.destination_zone, *facts.ends, policy, str(facts.session_id), str(limit)))


def _record(layout: tuple[Layout, Layout], facts: SessionFacts, values: Values) -> LogRecord:
    if facts.logical_system == ROOT_LOGICAL_SYSTEM:
        return LogRecord(layout[0], values)
    return LogRecord(layout[1], (facts.logical_system, *values))


def _from(facts: SessionFacts, upload: bool) -> Values:
    return facts.ends if upload else (*facts.ends[2:], *facts.ends[:2])


def _zones(facts: SessionFacts, upload: bool) -> Values:
    zones = facts.source_zone, facts.destination_zone
    return zones if upload else zones[::-1]
