"""RT_AAMW: files with verdicts, and the hosts that have fetched malware."""

from nf.log.layouts import USER_INFO, Layout, Names, Values
from nf.log.records import NOT_APPLICABLE, ApplicationFacts, LogRecord, SessionFacts
from nf.policy.systems import ROOT_LOGICAL_SYSTEM

_USER_ERROR = 11
_TCP = "6"


def _layouts(name: str, priority: int, names: Names) -> tuple[Layout, Layout]:
    return Layout("RT_AAMW", name, priority, names), Layout("RT_AAMW", f"{name}_LS", priority, ("logical-system-name", *names))


_ACTION = _layouts("AAMW_ACTION_LOG", USER_INFO, (
    "hostname", "file-category", "verdict-number", "malware-info", "action", "list-hit", "file-hash-lookup", "source-address",
    "source-port", "destination-address", "destination-port", "protocol-id", "application", "nested-application", "policy-name",
    "username", "roles", "session-id-32", "source-zone-name", "destination-zone-name", "sample-sha256", "file-name", "url"))
_MALWARE = _layouts("AAMW_MALWARE_EVENT_LOG", USER_INFO, (
    "timestamp", "tenant-id", "sample-sha256", "client-ip", "verdict-number", "malware-info", "username", "hostname"))
_INFECTED = _layouts("AAMW_HOST_INFECTED_EVENT_LOG", _USER_ERROR, (
    "timestamp", "tenant-id", "client-ip", "hostname", "status", "policy-name", "th", "state", "reason", "message"))


def action_record(facts: SessionFacts, application: ApplicationFacts, policy: str, *, host: str, category: str, verdict: str,
                  malware: str, blocked: bool, listed: str, looked_up: bool, sha256: str, file: str, url: str) -> LogRecord:
    """What became of a file; `verdict` is a number, or N/A where there is none, `listed` the list that it stood in."""
    return _record(_ACTION, facts, (
        host or NOT_APPLICABLE, category, verdict, malware or NOT_APPLICABLE, "BLOCK" if blocked else "PERMIT",
        listed or NOT_APPLICABLE, "TRUE" if looked_up else "FALSE", *facts.ends, _TCP, application.application,
        application.nested_application, policy, NOT_APPLICABLE, NOT_APPLICABLE, str(facts.session_id), facts.source_zone,
        facts.destination_zone, sha256 or NOT_APPLICABLE, file or NOT_APPLICABLE, url or NOT_APPLICABLE))


def malware_record(facts: SessionFacts, *, at: str, sha256: str, verdict: int, malware: str, host: str) -> LogRecord:
    """A file at or above the threshold, and whose it was; `at` is the time in C's own form."""
    return _record(_MALWARE, facts, (
        at, NOT_APPLICABLE, sha256, facts.ends[0], str(verdict), malware or NOT_APPLICABLE, NOT_APPLICABLE,
        host or NOT_APPLICABLE))


def infected_record(facts: SessionFacts, policy: str, *, at: str, threshold: int, verdict: int, sha256: str,
                    host: str) -> LogRecord:
    """A client has fetched malware, the first in a while."""
    return _record(_INFECTED, facts, (
        at, NOT_APPLICABLE, facts.ends[0], host or NOT_APPLICABLE, "in_progress", policy, str(threshold), "added", "malware",
        f"malware analysis detected host downloaded a malicious_file with score {verdict}, sha256 {sha256}"))


def _record(layouts: tuple[Layout, Layout], facts: SessionFacts, values: Values) -> LogRecord:
    if facts.logical_system == ROOT_LOGICAL_SYSTEM:
        return LogRecord(layouts[0], values)
    return LogRecord(layouts[1], (facts.logical_system, *values))
