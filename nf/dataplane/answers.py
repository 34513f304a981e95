"""What a running device says of itself, as plain data for the control socket."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from nf.dataplane.messages import Opened

if TYPE_CHECKING:
    from nf.dataplane.central_point import CentralPointProcess, Row

MOST_SESSIONS: Final = 1000  # rows in one answer


def answer(device: "CentralPointProcess", request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer to `{"show": WORD}`."""
    word = request.get("show")
    show = _SHOWS.get(word) if isinstance(word, str) else None
    if show is None:
        return {"error": f"show {word!r} is not known; known are: {', '.join(_SHOWS)}"}
    return show(device)


def _monitoring(device: "CentralPointProcess") -> Mapping[str, Any]:
    return {"platform": device.chassis.platform.name, "spus": [
        {"spu": status.spu, "fpc": status.fpc, "pic": status.pic, "role": status.role.value, "alive": status.alive,
         "cpu": round(status.cpu_percent), "sessions": status.sessions, "max-sessions": status.max_sessions,
         "cp-sessions": status.cp_sessions, "cp-max-sessions": status.cp_max_sessions, "created": status.created,
         "failed": status.failed, "packets": status.work.packets, "bytes": status.work.bytes,
         "worker": device.worker_of.get(status.spu)}
        for status in device.chassis.status(device.loop.now)]}


def _sessions(device: "CentralPointProcess") -> Mapping[str, Any]:
    rows = list(device.rows.values())
    return {"total": len(rows), "sessions": [_row(row, device.loop.now) for row in rows[:MOST_SESSIONS]]}


def _row(row: "Row", now: float) -> Mapping[str, Any]:
    flow = row.session.c2s.five_tuple
    opened = row.opened or Opened(row.session.id, "", "", "", "")
    return {"session-id": row.session.id, "spu": row.session.spu, "source-address": str(flow.src), "source-port": flow.sport,
            "destination-address": str(flow.dst), "destination-port": flow.dport, "protocol": flow.proto,
            "policy-name": opened.policy, "source-zone-name": opened.source_zone,
            "destination-zone-name": opened.destination_zone, "service-name": opened.service, "age": round(now - row.since, 1)}


def _statistics(device: "CentralPointProcess") -> Mapping[str, Any]:
    return {"counters": dict(sorted(device.counters.items()))}


def _workers(device: "CentralPointProcess") -> Mapping[str, Any]:
    return {"workers": [{"worker": member.index, "pid": member.pid, "alive": member.link is not None}
                        for member in device.crew.members]}


_SHOWS: dict[str, Callable[["CentralPointProcess"], Mapping[str, Any]]] = {
    "monitoring": _monitoring, "sessions": _sessions, "statistics": _statistics, "workers": _workers}
