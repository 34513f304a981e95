"""Log records as the unstructured lines of `security log format syslog`: RFC 3164 with Junos's message texts."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from nf.log.records import LogRecord
from nf.log.render import header, printable

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ENDS = "{source-address}/{source-port}->{destination-address}/{destination-port}"
_NAT = "{nat-source-address}/{nat-source-port}->{nat-destination-address}/{nat-destination-port}"
_ZONES = "{policy-name} {source-zone-name} {destination-zone-name}"
_SESSION = (f"{_ENDS} 0x{{connection-tag}} {{service-name}} {_NAT} 0x{{nat-connection-tag}} {{src-nat-rule-type}} "
            f"{{src-nat-rule-name}} {{dst-nat-rule-type}} {{dst-nat-rule-name}} {{protocol-id}} {_ZONES} "
            "{session-id-32}")
_TRACKED = (f"{_ENDS} {{service-name}} {{application}} {{nested-application}} {_NAT} {{src-nat-rule-name}} "
            f"{{dst-nat-rule-name}} {{protocol-id}} {_ZONES} {{session-id-32}}")
_CARRIED = "{packets-from-client}({bytes-from-client}) {packets-from-server}({bytes-from-server}) {elapsed-time}"
_APPLICATION = "{application} {nested-application}"
_ROLES = "{username}({roles}) {packet-incoming-interface}"
_CLASSES = ("{encrypted} {application-category} {application-sub-category} {application-risk} "
            "{application-characteristics}")
_USER = "{username} {roles} {encrypted}"
_ROUTE = "{profile-name} {rule-name} {routing-instance}"
_SSL_PROXY = (
    f"lsys:{{logical-system-name}} {{session-id}} <{_ENDS}> NAT:<{_NAT}> {{profile-name}} <{{source-zone-name}}:"
    "{source-interface-name}->{destination-zone-name}:{destination-interface-name}> message: {message}")

_URL = ("{source-address}({source-port})->{destination-address}({destination-port}) CATEGORY=\"{category}\" "
        "REASON=\"{reason}\" PROFILE=\"{profile}\" URL={url} OBJ={obj} username {username} roles {roles}")

_TEXTS: Final[Mapping[str, str]] = MappingProxyType({
    "RT_FLOW_SESSION_CREATE": f"session created {_SESSION} {_ROLES} {_APPLICATION} {_CLASSES}",
    "RT_FLOW_SESSION_CLOSE": f"session closed {{reason}}: {_SESSION} {_CARRIED} {_APPLICATION} {_ROLES} {_CLASSES}",
    "RT_FLOW_SESSION_DENY": (
        f"session denied {_ENDS} 0x{{connection-tag}} {{service-name}} {{protocol-id}}({{icmp-type}}) {_ZONES} "
        f"{_APPLICATION} {_ROLES} {{encrypted}} {{reason}}"),
    "APPTRACK_SESSION_CREATE": f"AppTrack session created {_TRACKED} {_USER}",
    "APPTRACK_SESSION_VOL_UPDATE": f"AppTrack volume update: {_TRACKED} {_CARRIED} {_USER}",
    "APPTRACK_SESSION_CLOSE": f"AppTrack session closed {{reason}}: {_TRACKED} {_CARRIED} {_USER} {_ROUTE}",
    "APPTRACK_SESSION_ROUTE_UPDATE": f"AppTrack route update: {_TRACKED} {_USER} {_ROUTE}",
    "APBR_ZONE_MISMATCH": f"APBR zone mismatch: {_TRACKED} {_USER} {_ROUTE} {{action}}",
    "WEBFILTER_URL_BLOCKED": f'WebFilter: ACTION="URL Blocked" {_URL}',
    "WEBFILTER_URL_PERMITTED": f'WebFilter: ACTION="URL Permitted" {_URL}',
    "IDP_ATTACK_LOG_EVENT": (
        f"IDP: at {{epoch-time}}, {{message-type}} Attack log <{_ENDS}> for {{protocol-name}} protocol and service "
        "{service-name} application {application-name} by rule {rule-name} of rulebase {rulebase-name} in policy "
        "{policy-name}. attack: repeat={repeat-count}, action={action}, threat-severity={threat-severity}, "
        f"name={{attack-name}}, NAT <{_NAT}>, time-elapsed={{elapsed-time}}, inbytes={{inbound-bytes}}, "
        "outbytes={outbound-bytes}, inpackets={inbound-packets}, outpackets={outbound-packets}, "
        "intf:{source-zone-name}:{source-interface-name}->{destination-zone-name}:{destination-interface-name}, "
        "packet-log-id: {packet-log-id}, alert={alert}, username={username}, roles={roles} and misc-message {message}"),
})
_OF_LOGICAL_SYSTEM: Final = "_LS"


def event_form(record: LogRecord, at: datetime, host_name: str) -> str:
    """One line without its line feed; `at` is written as it is, in whole seconds, for RFC 3164 knows no time zone.

    A message whose text is not published lists its fields as name=value. Control characters appear as `\\x0a`.
    """
    stamp = f"{_MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S}"
    app, name = header(record.app), header(record.name)
    return f"<{record.priority}>{stamp} {header(host_name)} {app}: {name}: {printable(_text(record))}"


def _text(record: LogRecord) -> str:
    fields = dict(record.fields)
    if record.name.startswith("SSL_PROXY_"):
        return _SSL_PROXY.format_map(fields)
    name = record.name.removesuffix(_OF_LOGICAL_SYSTEM)
    text = _TEXTS.get(name)
    if text is None:
        return " ".join(f"{name}={value}" for name, value in record.fields)
    where = f"Lsys {fields['logical-system-name']}: " if name != record.name else ""
    return where + text.format_map(fields)
