"""`show security flow session`: brief, extensive, summary."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from nf.cli.operate.grammar import Answer, Given
from nf.policy.systems import ROOT_LOGICAL_SYSTEM

_PROTOCOLS: Final = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp6", 132: "sctp"}


def sessions(answer: Answer, given: Given) -> Sequence[str]:
    """Sessions by PIC where the device has several that run flows."""
    show = _extensive if "extensive" in given else _brief
    rows, pics = answer["sessions"], answer["pics"]
    if len(pics) == 1:
        return _block(rows, show)
    lines: list[str] = []
    for pic in pics:
        lines += [f"Flow Sessions on FPC{pic['fpc']} PIC{pic['pic']}:"]
        lines += [*_block([row for row in rows if (row["fpc"], row["pic"]) == (pic["fpc"], pic["pic"])], show), ""]
    return lines[:-1]


def summary(answer: Answer, _: Given) -> Sequence[str]:
    """`summary`: of each PIC, where there are several."""
    pics = answer["pics"]
    if len(pics) == 1:
        return _counts(pics[0])
    lines: list[str] = []
    for pic in pics:
        lines += [f"Flow Sessions on FPC{pic['fpc']} PIC{pic['pic']}:", *_counts(pic), ""]
    return lines[:-1]


def cleared(answer: Answer, _: Given) -> Sequence[str]:
    """`clear security flow session`."""
    return [f"{answer['cleared']} active sessions cleared"]


def _block(rows: Sequence[Mapping[str, Any]], show: Callable[[Mapping[str, Any]], list[str]]) -> list[str]:
    return [*(line for row in rows for line in show(row)), f"Total sessions: {len(rows)}"]


def _counts(pic: Mapping[str, Any]) -> list[str]:
    return [f"Unicast-sessions: {pic['in-use']}", "Multicast-sessions: 0", f"Services-offload-sessions: {pic['offloaded']}",
            f"Failed-sessions: {pic['failed']}", f"Sessions-in-drop-flow: {pic['drop-flows']}",
            f"Sessions-in-use: {pic['in-use']}", f"  Valid sessions: {pic['valid']}", f"  Pending sessions: {pic['pending']}",
            f"  Invalidated sessions: {pic['invalidated']}", "  Sessions in other states: 0",
            f"Maximum-sessions: {pic['maximum']}"]


def _brief(row: Mapping[str, Any]) -> list[str]:
    source, destination, protocol = _ends(row)
    head = f"Session ID: {row['session-id']}, Policy name: {_policy(row)}"
    return [
        f"{head}, Timeout: {_seconds(row['timeout'])}, Session State: {row['session-state']}", *_system(row),
        f"  In: {source} --> {destination};{protocol}, " + _wing(row, "source-interface", "client"),
        f"  Out: {destination} --> {source};{protocol}, " + _wing(row, "destination-interface", "server")]


def _system(row: Mapping[str, Any]) -> list[str]:
    """The logical system or tenant, where it is not the box itself."""
    return [] if row["logical-system"] == ROOT_LOGICAL_SYSTEM else [f"  Logical system: {row['logical-system']}"]


def _wing(row: Mapping[str, Any], interface: str, side: str) -> str:
    """Devices end it with a comma and a blank."""
    packets, carried = row[f"packets-from-{side}"], row[f"bytes-from-{side}"]
    return f"Conn Tag: 0x0, If: {row[interface]}, Pkts: {packets}, Bytes: {carried}, "


def _extensive(row: Mapping[str, Any]) -> list[str]:
    source, destination, protocol = _ends(row)
    return [
        f"Session ID: {row['session-id']}, Status: Normal", *_system(row),
        f"Policy name: {_policy(row)}",
        f"Dynamic application: junos:{row['application'] or 'UNKNOWN'}",
        f"Encryption:  {(row['encrypted'] or 'Unknown').capitalize()}",
        *_ssl_proxy(row),
        *_services(row),
        f"Maximum timeout: {_seconds(row['maximum-timeout'])}, Current timeout: {_seconds(row['timeout'])}",
        f"Session State: {row['session-state']}",
        f"Start time: {round(row['start'])}, Duration: {round(row['age'])}",
        f"   In: {source} --> {destination};{protocol},",
        f"    Conn Tag: 0x0, Interface: {row['source-interface']}, Zone: {row['source-zone-name']},",
        f"    Pkts: {row['packets-from-client']}, Bytes: {row['bytes-from-client']}",
        f"   Out: {destination} --> {source};{protocol},",
        f"    Conn Tag: 0x0, Interface: {row['destination-interface']}, Zone: {row['destination-zone-name']},",
        f"    Pkts: {row['packets-from-server']}, Bytes: {row['bytes-from-server']}", ""]


def _ssl_proxy(row: Mapping[str, Any]) -> list[str]:
    """Ours: what the SSL proxy made of the session."""
    reason = f", reason: {row['reason']}" if row["reason"] else ""
    if not row["profile"]:
        return [f"SSL proxy: none{reason}"]
    treated = "decrypted" if row["decrypted"] else f"not decrypted{reason}"
    lines = [f"SSL proxy: {row['profile']}, {treated}, state: {row['proxy-state'] or 'unknown'}"]
    if row["server-name"]:
        lines.append(f"  Server name: {row['server-name']}")
    for label, agreed in (("SSL-T", row["ssl-t"]), ("SSL-I", row["ssl-i"])):
        if agreed:
            group, resumed = agreed["group"] or "none", "yes" if agreed["resumed"] else "no"
            lines.append(f"  {label}: {agreed['version']}, {agreed['cipher']}, ALPN: {agreed['alpn'] or 'none'}, "
                         f"group: {group}, resumed: {resumed}")
    if row["grade"]:
        lines.append(f"  Grade: {row['grade']}, renegotiations: {row['renegotiations']}")
    if row["decrypted"]:
        lines.append(f"  Decrypted bytes: {row['decrypted-bytes']}")
    return lines


def _services(row: Mapping[str, Any]) -> list[str]:
    """Ours: what watches the session, and what that has cost."""
    return [f"Service: {one['name'].replace('_', '-')}, {one['state']}, bytes: {one['bytes']}, CPU: {one['microseconds']} us"
            + (f", held: {one['held-ms']} ms" if one["held-ms"] else "")
            + (f", asked: {one['asks']}, waited: {one['waited-ms']} ms" if one["asks"] else "")
            for one in row.get("services", ())]


def _ends(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return (f"{row['source-address']}/{row['source-port']}", f"{row['destination-address']}/{row['destination-port']}",
            _PROTOCOLS.get(row["protocol"], str(row["protocol"])))


def _policy(row: Mapping[str, Any]) -> str:
    return f"{row['policy-name']}/{row['policy-index']}" if row["policy-name"] else "N/A"


def _seconds(seconds: float | None) -> str:
    return "never" if seconds is None else str(round(seconds))
