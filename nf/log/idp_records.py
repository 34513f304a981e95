"""IDP_ATTACK_LOG_EVENT: an attack, and what became of the session that carried it."""

from nf.log.layouts import Layout
from nf.log.records import NOT_APPLICABLE, ApplicationFacts, LogRecord, SessionFacts
from nf.policy.attacks import Attack, IdpAction, Severity
from nf.policy.systems import ROOT_LOGICAL_SYSTEM

_LOCAL4_NOTICE = 165  # PRI in published samples
_ENDS = ("source-address", "source-port", "destination-address", "destination-port")
_NAMES = (
    "epoch-time", "message-type", *_ENDS, "protocol-name", "service-name", "application-name", "rule-name", "rulebase-name",
    "policy-name", "export-id", "repeat-count", "action", "threat-severity", "attack-name",
    *(f"nat-{name}" for name in _ENDS), "elapsed-time", "inbound-bytes", "outbound-bytes", "inbound-packets",
    "outbound-packets", "source-zone-name", "source-interface-name", "destination-zone-name", "destination-interface-name",
    "packet-log-id", "alert", "username", "roles", "message")
_LAYOUT = Layout("RT_IDP", "IDP_ATTACK_LOG_EVENT", _LOCAL4_NOTICE, _NAMES)
_LAYOUT_LS = Layout("RT_IDP", "IDP_ATTACK_LOG_EVENT_LS", _LOCAL4_NOTICE, ("logical-system-name", *_NAMES))

_THREAT = {Severity.INFO: "INFO", Severity.WARNING: "LOW", Severity.MINOR: "MEDIUM", Severity.MAJOR: "HIGH",
           Severity.CRITICAL: "CRITICAL"}
# NONE, DROP and CLOSE are published; the others follow their pattern.
_ACTION = {IdpAction.NONE: "NONE", IdpAction.IGNORE: "IGNORE", IdpAction.MARK: "DIFFSERV", IdpAction.DROP_PACKET: "DROP_PACKET",
           IdpAction.DROP: "DROP", IdpAction.CLOSE_CLIENT: "CLOSE_CLIENT", IdpAction.CLOSE_SERVER: "CLOSE_SERVER",
           IdpAction.CLOSE: "CLOSE"}


def attack_record(
        facts: SessionFacts, application: ApplicationFacts, attack: Attack, *, epoch: int, policy: str, rule: str,
        rulebase: str, action: IdpAction, severity: Severity, alert: bool, elapsed: int = 0, carried: tuple[int, int] = (0, 0),
        packet_log: int = 0, message: str = "") -> LogRecord:
    """An attack that a rule speaks of; `epoch` in seconds since 1970, `carried` in bytes from client and server."""
    values = (
        str(epoch), "ANOM" if attack.anomaly else "SIG", *facts.ends, "TCP", "SERVICE_IDP", application.application, rule,
        rulebase, policy, str(facts.session_id), "0", _ACTION[action], _THREAT[severity], attack.name, *facts.ends,
        str(elapsed), str(carried[0]), str(carried[1]), "0", "0", facts.source_zone, facts.source_interface,
        facts.destination_zone, facts.destination_interface, str(packet_log), "yes" if alert else "no", NOT_APPLICABLE,
        NOT_APPLICABLE, message or attack.message or "-")
    if facts.logical_system == ROOT_LOGICAL_SYSTEM:
        return LogRecord(_LAYOUT, values)
    return LogRecord(_LAYOUT_LS, (facts.logical_system, *values))
