"""What a running device says of its SSL proxy from its own books: statistics, counters, handshakes, dropped sessions."""

import time
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from hwmodel.session import SpuId
from nf.dataplane.device import Device
from nf.dataplane.ledger import Drop
from nf.dataplane.selection import EVERY, RequestError
from nf.policy.systems import ROOT_LOGICAL_SYSTEM
from nf.sslproxy.reasons import PASSED_ON, Reason

SSL_PROXY_COUNTERS: Final = (
    "matched", "bypassed-non-ssl", "bypassed-mem-overflow", "bypassed-low-memory", "created", "ignored", "active",
    "dropped", "whitelisted", "whitelisted-url-category", "default-profile-hit", "dropped-no-default-profile",
    "policy-hit-no-profile")
HANDSHAKE_COUNTERS: Final = ("full-handshakes", "resumed-handshakes", "failed-handshakes")


def statistics(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Counters of each PIC that runs flows, of one `logical-system` or of all; those of what cannot happen here stay 0."""
    system = _system(device, request)
    active = Counter(row.session.spu for row in device.ledger.rows.values()
                     if row.opened is not None and row.opened.profile and not row.opened.bypass
                     and system in (EVERY, row.opened.logical_system))
    return {"pics": [{**device.places[spu], "counters": {
        name: active[spu] if name == "active" else _counted(device, spu, system, name) for name in SSL_PROXY_COUNTERS}}
        for spu in device.worker_of]}


def _system(device: Device, request: Mapping[str, Any]) -> str:
    known = [EVERY, *(system.name for system in device.first_path.systems.all)]
    wanted = request.get("logical-system", EVERY)
    if wanted not in known:
        raise RequestError(f"no logical system or tenant {wanted}")
    return str(wanted)


def _counted(device: Device, spu: SpuId, system: str, counter: str) -> int:
    """Of the box itself what is left of the whole."""
    books = device.ledger
    if system == EVERY:
        return books.ssl_proxy[spu][counter]
    if system != ROOT_LOGICAL_SYSTEM:
        return books.ssl_proxy_within[spu, system][counter]
    inner = sum(counters[counter] for (place, _), counters in books.ssl_proxy_within.items() if place == spu)
    return books.ssl_proxy[spu][counter] - inner


def counters(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Sessions of each PIC that are over, by what became of them, and by the reason where they were not decrypted."""
    outcomes = device.ledger.outcomes
    unplaced = {name: count for name, count in sorted(device.ledger.counters.items()) if name.startswith(_UNPLACED)}
    return {"pics": [{**device.places[spu], "counters": {**_NO_OUTCOMES, **outcomes[spu]}} for spu in device.worker_of],
            "central-point": unplaced}


def handshakes(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Handshakes of one leg, `ssl-t` or `ssl-i`, of the sessions that are over."""
    leg = str(request.get("leg"))
    return {"pics": [{**device.places[spu], "counters": {
        name: device.ledger.handshakes[spu, leg][name] for name in HANDSHAKE_COUNTERS}} for spu in device.worker_of]}


def droplogs(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """The last sessions that the SSL proxy has dropped, of each PIC, the oldest first."""
    began = time.time() - device.loop.now
    return {"pics": [{**device.places[spu], "drops": [_drop(drop, began) for drop in device.ledger.drops[spu]]}
                     for spu in device.worker_of]}


def learned_bypass(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Whom sessions are passed on undecrypted for, as earlier ones have taught; ours, no device has it."""
    return {"entries": [{name: getattr(entry, name) for name in _LEARNED}
                        for entry in device.learned_bypass.entries(device.loop.now)]}


def clear_learned_bypass(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Forget what was learned: the next sessions are decrypted again."""
    return {"cleared": device.learned_bypass.clear()}


def clear_statistics(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Begin again with all that `show services ssl proxy statistics` counts."""
    device.ledger.ssl_proxy.clear()
    device.ledger.ssl_proxy_within.clear()
    return {}


def clear_counters(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Begin again with outcomes and reasons."""
    device.ledger.outcomes.clear()
    for name in [name for name in device.ledger.counters if name.startswith(_UNPLACED)]:
        del device.ledger.counters[name]
    return {}


def clear_handshakes(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Begin again with the handshakes of one leg."""
    for spu in device.worker_of:
        device.ledger.handshakes.pop((spu, str(request.get("leg"))), None)
    return {}


def clear_droplogs(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Forget the dropped sessions."""
    device.ledger.drops.clear()
    return {}


_UNPLACED: Final = ("refused", "lost with an SPU")  # sessions that no SPU has taken, or has brought to an end
_LEARNED: Final = ("client", "server", "port", "server_name", "profile", "cause", "count", "expires_in")


def _drop(drop: Drop, began: float) -> Mapping[str, Any]:
    flow = drop.session.c2s.five_tuple
    return {"time": round(began + drop.at, 3), "session-id": drop.session.id, "profile": drop.profile, "reason": drop.reason,
            "source-address": str(flow.src), "source-port": flow.sport,
            "destination-address": str(flow.dst), "destination-port": flow.dport}


_UNFINISHED: Final = (Reason.UNDETERMINED, Reason.UNFINISHED)


def _outcome(reason: Reason) -> str:
    """Under which outcome the account of a session puts this reason."""
    if reason in PASSED_ON:
        return "bypassed"
    if reason is Reason.NO_ROUTE:
        return "denied"
    if reason in _UNFINISHED:
        return "unfinished"
    return "ignored" if reason is Reason.NON_SSL else "dropped"


_NO_OUTCOMES: Final[Mapping[str, int]] = {
    "decrypted": 0, **{f"{_outcome(reason)}: {reason.value}": 0 for reason in Reason}}
