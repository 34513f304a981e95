"""SECINTEL_ACTION_LOG: somebody whom a feed names, and what became of the session."""

from nf.log.layouts import USER_INFO, Layout
from nf.log.records import NOT_APPLICABLE, ApplicationFacts, LogRecord, SessionFacts
from nf.policy.systems import ROOT_LOGICAL_SYSTEM

_TCP = "6"
_NAMES = (
    "category", "sub-category", "action", "action-detail", "http-host", "threat-severity", "source-address", "source-port",
    "destination-address", "destination-port", "protocol-id", "application", "nested-application", "feed-name", "policy-name",
    "profile-name", "username", "roles", "session-id-32", "source-zone-name", "destination-zone-name")
_LAYOUT = Layout("RT_SECINTEL", "SECINTEL_ACTION_LOG", USER_INFO, _NAMES)
_LAYOUT_LS = Layout("RT_SECINTEL", "SECINTEL_ACTION_LOG_LS", USER_INFO, ("logical-system-name", *_NAMES))


def action_record(facts: SessionFacts, application: ApplicationFacts, *, category: str, detail: str, host: str, level: int,
                  feed: str, policy: str, profile: str) -> LogRecord:
    """One action; `detail` is empty for a session that goes on, else DROP, CLOSE, CLOSE REDIRECT MSG or CLOSE REDIRECT URL."""
    values = (
        "secintel", category, "BLOCK" if detail else "PERMIT", detail or NOT_APPLICABLE, host or NOT_APPLICABLE, str(level),
        *facts.ends, _TCP, application.application, application.nested_application, feed, policy, profile, NOT_APPLICABLE,
        NOT_APPLICABLE, str(facts.session_id), facts.source_zone, facts.destination_zone)
    if facts.logical_system == ROOT_LOGICAL_SYSTEM:
        return LogRecord(_LAYOUT, values)
    return LogRecord(_LAYOUT_LS, (facts.logical_system, *values))
