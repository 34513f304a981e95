"""What a running device says of itself, and what it clears, as plain data for the control socket."""

import platform
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, Final, TypeAlias

from OpenSSL import SSL

from nf.dataplane import (
    cache_answers,
    cluster_answers,
    cpu_answers,
    hardware_answers,
    pki_answers,
    profile_answers,
    screen_answers,
    service_answers,
    session_answers,
    ssl_answers,
)
from nf.dataplane.device import Device
from nf.dataplane.inquiries import Later
from nf.dataplane.policy_answers import names, policies, zones
from nf.dataplane.selection import RequestError

Answer: TypeAlias = Callable[[Device, Mapping[str, Any]], Mapping[str, Any] | Later]


def answer(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any] | Later:
    """The answer to `{"show": WORD, …}`, `{"clear": WORD, …}` or `{"request": WORD, …}`."""
    verb = next((verb for verb in _VERBS if verb in request), "show")
    word, known = request.get(verb), _VERBS[verb]
    give = known.get(word) if isinstance(word, str) else None
    if give is None:
        return {"error": f"{verb} {word!r} is not known; known are: {', '.join(known)}"}
    try:
        return give(device, request)
    except RequestError as error:
        return {"error": str(error)}


def _statistics(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"counters": dict(sorted(device.ledger.counters.items())), "log-lines-lost": device.logs.lost_by()}


def _workers(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    spus = {index: [device.places[spu] for spu, worker in device.worker_of.items() if worker == index]
            for index in range(len(device.crew.members))}
    return {"workers": [{"worker": member.index, "pid": member.pid, "alive": member.link is not None,
                         "pics": spus[member.index]} for member in device.crew.members]}


def _configuration(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"text": device.about.text}


def _version(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"host-name": device.about.host_name, "platform": device.chassis.platform.name, "srxnf": version("srxnf"),
            "python": platform.python_version(), "openssl": SSL.SSLeay_version(SSL.SSLEAY_VERSION).decode(),
            "configuration-digest": device.about.digest}


def _uptime(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"host-name": device.about.host_name, "now": time.time(), "uptime": device.loop.now - device.started}


def _clear_hits(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    device.ledger.hits.clear()
    return {}


_VERBS: Final[Mapping[str, Mapping[str, Answer]]] = {
    "show": {
        "monitoring": hardware_answers.monitoring, "performance": hardware_answers.performance,
        "flow-statistics": hardware_answers.flow_statistics, "flow-status": hardware_answers.flow_status,
        "cp-sessions": hardware_answers.cp_sessions, "np-cache": hardware_answers.np_cache,
        "inventory": hardware_answers.inventory, "cpu": cpu_answers.cpu,
        "forwarding": hardware_answers.forwarding_process, "sessions": session_answers.sessions,
        "sessions-summary": session_answers.summary, "session-tls": session_answers.tls, "statistics": _statistics,
        "ssl-proxy-statistics": ssl_answers.statistics, "ssl-proxy-counters": ssl_answers.counters,
        "ssl-proxy-status": cache_answers.status, "ssl-proxy-profiles": profile_answers.proxy_profiles,
        "ssl-leg-profiles": profile_answers.leg_profiles, "ssl-handshakes": ssl_answers.handshakes,
        "ssl-certificates": profile_answers.certificates, "ssl-droplogs": ssl_answers.droplogs,
        "certificate-cache": cache_answers.certificate_entries, "session-cache": cache_answers.session_entries,
        "cache-statistics": cache_answers.statistics, "learned-bypass": ssl_answers.learned_bypass,
        "service": service_answers.show, "services": service_answers.tallies,
        "screens": screen_answers.statistics, "policies": policies, "zones": zones, "names": names,
        "workers": _workers, "configuration": _configuration, "version": _version, "uptime": _uptime,
        "cluster": cluster_answers.status, "cluster-interfaces": cluster_answers.interfaces,
        "cluster-statistics": cluster_answers.statistics, "cluster-information": cluster_answers.information,
        "pki": pki_answers.directory},
    "clear": {
        "sessions": session_answers.clear_sessions, "ssl-proxy-statistics": ssl_answers.clear_statistics,
        "ssl-proxy-counters": ssl_answers.clear_counters, "ssl-handshakes": ssl_answers.clear_handshakes,
        "ssl-droplogs": ssl_answers.clear_droplogs, "certificate-cache": cache_answers.clear_certificates,
        "session-cache": cache_answers.clear_sessions, "cache-statistics": cache_answers.clear_statistics,
        "learned-bypass": ssl_answers.clear_learned_bypass, "screens": screen_answers.clear,
        "policy-statistics": _clear_hits,
        "service": service_answers.clear},
    "request": {"cluster-failover": cluster_answers.failover, "cluster-reset": cluster_answers.reset}}
