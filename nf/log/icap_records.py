"""What ICAP service redirect logs. No published sample shows a device's own message: name and fields are ours."""

from typing import NamedTuple

from nf.log.layouts import USER_INFO, Layout
from nf.log.records import USER_WARNING, LogRecord, SessionFacts
from nf.policy.systems import ROOT_LOGICAL_SYSTEM

_ENDS = ("source-address", "source-port", "destination-address", "destination-port")
_NAMES = ("action", "reason", "method", "profile-name", "server-name", "url", "icap-status", "http-status", *_ENDS,
          "policy-name", "source-zone-name", "destination-zone-name", "session-id-32")
_NAME = "ICAP_REDIRECT_LOG"
_LAYOUTS = {(system, priority): Layout("RT_ICAP", f"{_NAME}_LS" if system else _NAME, priority,
                                       ("logical-system-name", *_NAMES) if system else _NAMES)
            for system in (False, True) for priority in (USER_INFO, USER_WARNING)}


class Redirected(NamedTuple):
    """What became of one HTTP message; `action` is BLOCKED, MODIFIED, or FALLBACK-PERMITTED."""

    action: str
    reason: str
    method: str
    profile: str
    server: str
    url: str
    icap_status: int = 0
    http_status: int = 0


def icap_redirect(facts: SessionFacts, what: Redirected) -> LogRecord:
    """ICAP_REDIRECT_LOG: a message was blocked, modified, or passed on unjudged."""
    in_system = facts.logical_system != ROOT_LOGICAL_SYSTEM
    layout = _LAYOUTS[in_system, USER_WARNING if what.action == "BLOCKED" else USER_INFO]
    values = (*map(str, what), *facts.ends, facts.policy_name, facts.source_zone, facts.destination_zone, str(facts.session_id))
    return LogRecord(layout, (facts.logical_system, *values) if in_system else values)
