"""RT_SCREEN_SESSION_LIMIT: a session beyond the number that a screen allows an address."""

from hwmodel.session import FiveTuple
from nf.log.layouts import Layout
from nf.log.records import USER_ERROR, LogRecord
from nf.policy.systems import ROOT_LOGICAL_SYSTEM

_PLACE = ("source-zone-name", "interface-name", "action")
_APP, _NAME = "RT_IDS", "RT_SCREEN_SESSION_LIMIT"
_OF_SOURCE = Layout(_APP, _NAME, USER_ERROR, ("attack-name", "source-address", *_PLACE))
_OF_DESTINATION = Layout(_APP, _NAME, USER_ERROR, ("attack-name", "destination-address", *_PLACE))


def session_limit(flow: FiveTuple, *, by_source: bool, zone: str, interface: str, drops: bool,
                  logical_system: str = ROOT_LOGICAL_SYSTEM) -> LogRecord:
    """Of the flow's client, or of its server; `drops` says whether it was refused."""
    layout, attack, address = ((_OF_SOURCE, "Src IP session limit!", flow.src) if by_source
                               else (_OF_DESTINATION, "Dst IP session limit!", flow.dst))
    values = attack, str(address), zone, interface, "drop" if drops else "alarm-without-drop"
    if logical_system == ROOT_LOGICAL_SYSTEM:
        return LogRecord(layout, values)
    return LogRecord(Layout(_APP, f"{_NAME}_LS", USER_ERROR, ("logical-system-name", *layout.names)), (logical_system, *values))
