"""What a running device says of the caches of its SPUs, which their workers hold: asked there, shown by PIC."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from nf.dataplane.device import Device
from nf.dataplane.inquiries import Answers, Later
from nf.dataplane.profile_answers import leg_ids
from nf.dataplane.selection import RequestError

Facts: TypeAlias = Mapping[str, Any]
_CACHES: Final = ("certificate", "session")


def status(device: Device, _: Facts) -> Later:
    """The state of the SSL proxy, by worker: several PICs may share one, and then its caches."""
    whole = _state(device)
    return _asked(device, "caches", {}, lambda answers: {
        **whole, "pics": [{**place, **answers.get(worker, {})} for worker, place in _places(device).items()]})


def statistics(device: Device, request: Facts) -> Later:
    """Hits and misses of one cache, `certificate` or `session`."""
    cache = _cache(request)
    return _asked(device, "caches", {}, lambda answers: {"pics": [
        {**place, "counters": answers.get(worker, {}).get(cache, {})} for worker, place in _places(device).items()]})


def certificate_entries(device: Device, request: Facts) -> Later:
    """Some of the forged certificates that are kept; `next` goes back as `after` for more."""
    return _entries(device, "certificate", request)


def session_entries(device: Device, request: Facts) -> Later:
    """Some of the sessions with servers that are kept to be resumed; `next` goes back as `after` for more."""
    return _entries(device, "session", request)


def clear_certificates(device: Device, _: Facts) -> Later:
    """Forget the forged certificates: the next session of a site has one signed anew."""
    return _cleared(device, "clear-cache", "certificate")


def clear_sessions(device: Device, request: Facts) -> Later:
    """Forget the sessions with servers, so that the next handshakes are full ones; or only the `stale`, expired ones."""
    return _cleared(device, "clear-stale-sessions" if request.get("stale") else "clear-cache", "session")


def clear_statistics(device: Device, request: Facts) -> Later:
    """Begin again with the hits and misses of one cache."""
    return _cleared(device, "clear-cache-statistics", _cache(request))


def _state(device: Device) -> Facts:
    about = device.about
    return {
        "proxy-activation": "Only if interested svcs configured", "local-logging": about.local_logging,
        "pkid-link-status": about.store is not None,
        "deferred-profile-selection": not about.global_config.disable_deferred_profile_selection,
        "cert-cache-activated": not about.global_config.disable_cert_cache,
        "invalidate-cert-cache-on-crl-update": about.global_config.invalidate_cache_on_crl_update,
        "strip-h2": "Enabled" if _strips_h2(device) else "Disabled", "grades": about.grades,
        "key-log": about.key_log, "faults": list(about.faults), "tracing": about.tracing,
        "log-lines-lost": device.logs.lost_by()}


def _strips_h2(device: Device) -> bool:
    """Whether some policy keeps HTTP/2 out."""
    return any(policy.services.disable_http2 for _, policy in device.first_path.systems.policies)


def _cache(request: Facts) -> str:
    cache = request.get("cache")
    if cache not in _CACHES:
        raise RequestError(f"cache: expected {' or '.join(_CACHES)}")
    return str(cache)


def _places(device: Device) -> Mapping[int, Facts]:
    """Each worker's PICs: the first, and the others that share its caches."""
    places: dict[int, dict[str, Any]] = {}
    for spu, worker in device.worker_of.items():
        if worker in places:
            places[worker]["also"].append(device.places[spu])
        else:
            places[worker] = {**device.places[spu], "also": []}
    return dict(sorted(places.items()))


def _asked(device: Device, word: str, about: Facts, shown: Callable[[Answers], Facts],
           workers: list[int] | None = None) -> Later:
    later = Later()
    wanted = list(_places(device)) if workers is None else workers
    device.inquiries.ask(wanted, word, about, lambda answers: later.give(shown(answers)))
    return later


def _cleared(device: Device, word: str, cache: str) -> Later:
    return _asked(device, word, {"cache": cache}, lambda answers: {
        "cleared": sum(answer.get("cleared", 0) for answer in answers.values())})


def _entries(device: Device, cache: str, request: Facts) -> Later:
    """One worker's next portion, worker by worker; `after` is the worker and how many of its entries were seen."""
    places = _places(device)
    workers = list(places)
    worker, seen = _after(request, workers)

    def shown(answers: Answers) -> Facts:
        portion = answers.get(worker, {})
        following = workers[workers.index(worker) + 1:]
        more = [worker, portion["next"]] if portion.get("next") is not None else [following[0], 0] if following else None
        place = {name: places[worker][name] for name in ("fpc", "pic")}
        return {"pics": list(places.values()), "next": more,
                "entries": [{**place, **_ids(device, entry), **entry} for entry in portion.get("entries", ())]}

    return _asked(device, "cache-entries", {"cache": cache, "after": seen}, shown, [worker])


def _ids(device: Device, entry: Facts) -> Facts:
    termination, initiation = leg_ids(device, entry["init-profile"])
    return {"term-profile-id": termination, "init-profile-id": initiation}


def _after(request: Facts, workers: list[int]) -> tuple[int, int]:
    after = request.get("after") or [workers[0], 0]
    match after:
        case [int(worker), int(seen)] if worker in workers and seen >= 0:
            return worker, seen
    raise RequestError("after: expected what was given as `next`")
