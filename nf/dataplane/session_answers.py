"""What a running device says of its live sessions, and how it clears them: in portions, so that it never pauses."""

from collections import ChainMap, Counter
from collections.abc import Mapping
from typing import Any, Final

from nf.dataplane.device import Device
from nf.dataplane.inquiries import Answers, Later
from nf.dataplane.ledger import Row
from nf.dataplane.messages import Agreed, Opened, Progress
from nf.dataplane.selection import RequestError, scan, selection
from nf.tls.grade import session_grade
from nf.tls.parameters import TlsParameters

BOTH: Final = 2  # TLS ends
_STATES: Final = ("valid", "pending", "invalidated")
_NOTHING_FOUND: Final = Opened(0, "", "", "", "")
_NOTHING_TOLD: Final = Progress(0, 0, 0, 0, 0, 0, 0.0, 0.0, "", "", "", "")


def sessions(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any] | Later:
    """Some of the sessions that the filters mean; `next` goes back as `after` for more; `total` counts all."""
    now, places, chosen = device.loop.now, device.places, selection(request.get("filters", {}))
    found, following = scan(device.ledger.rows, chosen, _after(request), now)
    rows = [{**_live(device, row), **places[row.session.spu], "start": round(row.since - device.started, 1)} for row in found]
    answer = {"total": len(device.ledger.rows), "next": following, "pics": [places[spu] for spu in device.worker_of],
              "sessions": rows}
    if not (chosen.extensive and rows):
        return answer
    later, workers = Later(), {device.worker_of[row.session.spu] for row in found}
    device.inquiries.ask(workers, "standing", {"sessions": [row["session-id"] for row in rows]},
                         lambda answers: later.give({**answer, "sessions": _with_services(rows, answers)}))
    return later


def _with_services(rows: list[dict[str, Any]], answers: Answers) -> list[dict[str, Any]]:
    """Each row with what its worker says of its services."""
    standing = ChainMap(*map(dict, answers.values()))
    return [{**row, "services": standing.get(str(row["session-id"]), [])} for row in rows]


def clear_sessions(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """End some of the sessions that the filters mean, or `all`; `next` goes back as `after` for the others."""
    filters, every = request.get("filters", {}), request.get("all", False)
    if bool(filters) is bool(every):
        raise RequestError("which sessions are to be cleared: filters, or all")
    found, following = scan(device.ledger.rows, selection(filters), _after(request), device.loop.now)
    device.end_sessions(row.session.id for row in found)
    return {"cleared": len(found), "next": following}


def summary(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """How many sessions each SPU has."""
    states = Counter((row.session.spu, "invalidated" if row.cleared else "valid" if row.opened else "pending")
                     for row in device.ledger.rows.values())
    offloaded, drop_flows = device.chassis.offloaded(), device.chassis.drop_flows()
    return {"pics": [
        {**device.places[status.spu], **{state: states[status.spu, state] for state in _STATES},
         "in-use": status.sessions, "maximum": status.max_sessions, "failed": status.failed,
         "offloaded": offloaded[status.spu], "drop-flows": drop_flows[status.spu]}
        for status in device.chassis.status(device.loop.now) if status.max_sessions]}


def tls(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any] | Later:
    """The session with that `session-id`, and what its worker knows of its TLS ends at this moment."""
    number = request.get("session-id")
    row = device.ledger.rows.get(number) if isinstance(number, int) else None
    if row is None:
        raise RequestError(f"no session {number}")
    known = {**_live(device, row), **device.places[row.session.spu]}
    later, worker = Later(), device.worker_of[row.session.spu]
    device.inquiries.ask([worker], "session", {"session-id": number},
                         lambda answers: later.give(_with_tls(device, known, answers.get(worker, {}))), row.worker)
    return later


def _with_tls(device: Device, known: Mapping[str, Any], live: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the books say, made newer by what the session's worker has just said."""
    whole, found = {**known, **live}, live.get("verdict")
    whole["reason"] = whole["reason"] or known["reason"]
    ends = [TlsParameters(end["version"], end["cipher"]) for end in (whole["ssl-t"], whole["ssl-i"]) if end]
    if found is None or not ends:
        return whole
    profile = device.about.profiles.get(known["profile"])
    crl = "Disabled" if profile is not None and profile.crl.disable else "Enabled"
    looked_up = device.about.store is not None and bool(device.about.store.crl_profiles)
    return {**whole, "grade": session_grade(ends, authenticated=found["ok"]).value if len(ends) == BOTH else "", "verdict": {
        "status": "Ok" if found["ok"] else f"Failed ({found['reason']})", "crl-check": crl if looked_up else "Not configured",
        "action": "allow" if found["ok"] else "ignored", "authentication": "Successful" if found["ok"] else "Failed"}}


def _after(request: Mapping[str, Any]) -> int:
    after = request.get("after") or 0
    if not isinstance(after, int):
        raise RequestError("after: expected a number")
    return after


def _live(device: Device, row: Row) -> dict[str, Any]:
    """What the books say, its time cut where its SPU's table is too full."""
    known = _row(row, device.loop.now)
    known["timeout"] = min(known["timeout"], round(device.chassis.early_ageout_in(row.session, device.loop.now), 1))
    return known


def _row(row: Row, now: float) -> dict[str, Any]:
    flow = row.session.c2s.five_tuple
    opened, told = row.opened or _NOTHING_FOUND, row.progress or _NOTHING_TOLD
    maximum, left = (told.maximum, told.timeout - (now - row.told)) if row.progress else (
        opened.idle, opened.idle - (now - row.since))
    return {
        "session-id": row.session.id, "spu": row.session.spu,
        "source-address": str(flow.src), "source-port": flow.sport, "destination-address": str(flow.dst),
        "destination-port": flow.dport, "protocol": flow.proto,
        "policy-name": opened.policy, "policy-index": max(0, opened.policy_index), "source-zone-name": opened.source_zone,
        "destination-zone-name": opened.destination_zone, "source-interface": opened.source_interface,
        "destination-interface": opened.destination_interface, "service-name": opened.service,
        "logical-system": opened.logical_system,
        "age": round(now - row.since, 1), "session-state": "Valid" if row.opened else "Pending",
        "timeout": max(0.0, round(left, 1)), "maximum-timeout": maximum,
        "packets-from-client": told.packets_c2s, "bytes-from-client": told.bytes_c2s,
        "packets-from-server": told.packets_s2c, "bytes-from-server": told.bytes_s2c,
        "application": told.application, "encrypted": told.encrypted, "profile": opened.profile,
        "proxy-state": told.state, "decrypted": told.termination is not None, "decrypted-bytes": told.decrypted_bytes,
        "reason": told.reason or opened.bypass, "server-name": told.server_name,
        "ssl-t": _agreed(told.termination), "ssl-i": _agreed(told.initiation), "grade": _grade(told),
        "renegotiations": told.renegotiations}


def _agreed(agreed: Agreed | None) -> Mapping[str, Any] | None:
    if agreed is None:
        return None
    return {"version": agreed.version, "cipher": agreed.cipher, "alpn": agreed.alpn, "group": agreed.group,
            "resumed": agreed.resumed}


def _grade(told: Progress) -> str:
    """Of a session that is decrypted; the others are between their own ends."""
    ends = [TlsParameters(end.version, end.cipher) for end in (told.termination, told.initiation) if end is not None]
    return session_grade(ends, authenticated=told.authenticated).value if len(ends) == BOTH else ""
