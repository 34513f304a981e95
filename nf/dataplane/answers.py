"""What a running device says of itself, and what it clears, as plain data for the control socket."""

import platform
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from OpenSSL import SSL

from nf.dataplane import session_answers
from nf.dataplane.policy_answers import names, policies, zones
from nf.dataplane.selection import RequestError

if TYPE_CHECKING:
    from nf.dataplane.central_point import CentralPointProcess

Answer: TypeAlias = Callable[["CentralPointProcess", Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class About:
    """What the device knows of its configuration beyond what it needs: the text as written, and its names."""

    host_name: str = "srx"
    text: str = ""
    digest: str = ""


UNKNOWN: Final = About()


def answer(device: "CentralPointProcess", request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer to `{"show": WORD, …}` or `{"clear": WORD, …}`."""
    verb = "clear" if "clear" in request else "show"
    word, known = request.get(verb), _VERBS[verb]
    give = known.get(word) if isinstance(word, str) else None
    if give is None:
        return {"error": f"{verb} {word!r} is not known; known are: {', '.join(known)}"}
    try:
        return give(device, request)
    except RequestError as error:
        return {"error": str(error)}


def _monitoring(device: "CentralPointProcess", _: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"platform": device.chassis.platform.name, "spus": [
        {"spu": status.spu, "fpc": status.fpc, "pic": status.pic, "role": status.role.value, "alive": status.alive,
         "cpu": round(status.cpu_percent), "sessions": status.sessions, "max-sessions": status.max_sessions,
         "cp-sessions": status.cp_sessions, "cp-max-sessions": status.cp_max_sessions, "created": status.created,
         "creation-rate": status.creation_rate, "failed": status.failed, "packets": status.work.packets,
         "bytes": status.work.bytes, "worker": device.worker_of.get(status.spu)}
        for status in device.chassis.status(device.loop.now)]}


def _performance(device: "CentralPointProcess", _: Mapping[str, Any]) -> Mapping[str, Any]:
    now = device.loop.now
    histories = ((place, device.chassis.history(spu, now)) for spu, place in device.places.items())
    return {"pics": [{**place, "cpu": [round(percent) for percent in history.cpu_percent], "sessions": history.sessions}
                     for place, history in histories]}


def _statistics(device: "CentralPointProcess", _: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"counters": dict(sorted(device.ledger.counters.items())), "log-lines-lost": device.logs.lost_by()}


def _ssl_proxy(device: "CentralPointProcess", _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Counters of each PIC that runs flows; those of what cannot happen here stay 0."""
    active = Counter(row.session.spu for row in device.ledger.rows.values()
                     if row.opened is not None and row.opened.profile and not row.opened.bypass)
    return {"pics": [{**device.places[spu], "counters": {
        name: active[spu] if name == "active" else device.ledger.ssl_proxy[spu][name] for name in SSL_PROXY_COUNTERS}}
        for spu in device.worker_of]}


def _ssl_proxy_status(device: "CentralPointProcess", _: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"proxy-activation": "Only if interested svcs configured", "alpn-extension-support": "enabled",
            "profiles": list(device.first_path.profiles)}


def _workers(device: "CentralPointProcess", _: Mapping[str, Any]) -> Mapping[str, Any]:
    spus = {index: [device.places[spu] for spu, worker in device.worker_of.items() if worker == index]
            for index in range(len(device.crew.members))}
    return {"workers": [{"worker": member.index, "pid": member.pid, "alive": member.link is not None,
                         "pics": spus[member.index]} for member in device.crew.members]}


def _configuration(device: "CentralPointProcess", _: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"text": device.about.text}


def _version(device: "CentralPointProcess", _: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"host-name": device.about.host_name, "platform": device.chassis.platform.name, "srxnf": version("srxnf"),
            "python": platform.python_version(), "openssl": SSL.SSLeay_version(SSL.SSLEAY_VERSION).decode(),
            "configuration-digest": device.about.digest}


def _uptime(device: "CentralPointProcess", _: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"host-name": device.about.host_name, "now": time.time(), "uptime": device.loop.now - device.started}


def _clear_ssl_proxy(device: "CentralPointProcess", _: Mapping[str, Any]) -> Mapping[str, Any]:
    device.ledger.ssl_proxy.clear()
    return {}


def _clear_hits(device: "CentralPointProcess", _: Mapping[str, Any]) -> Mapping[str, Any]:
    device.ledger.hits.clear()
    return {}


SSL_PROXY_COUNTERS: Final = (
    "matched", "bypassed-non-ssl", "bypassed-mem-overflow", "bypassed-low-memory", "created", "ignored", "active",
    "dropped", "whitelisted", "whitelisted-url-category", "default-profile-hit", "dropped-no-default-profile",
    "policy-hit-no-profile")

_VERBS: Final[Mapping[str, Mapping[str, Answer]]] = {
    "show": {
        "monitoring": _monitoring, "performance": _performance, "sessions": session_answers.sessions,
        "sessions-summary": session_answers.summary, "statistics": _statistics, "ssl-proxy-statistics": _ssl_proxy,
        "ssl-proxy-status": _ssl_proxy_status, "policies": policies, "zones": zones, "names": names,
        "workers": _workers, "configuration": _configuration, "version": _version, "uptime": _uptime},
    "clear": {"sessions": session_answers.clear_sessions, "ssl-proxy-statistics": _clear_ssl_proxy,
              "policy-statistics": _clear_hits}}
