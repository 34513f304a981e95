"""What a worker alone can answer, when an operator asks: the TLS ends of a session, its caches. Never asked per session."""

import sys
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import Any, Final, Protocol

from nf.dataplane.cache_counters import Cache
from nf.dataplane.certificates import SslEngine
from nf.dataplane.connection import Connection
from nf.dataplane.messages import Question
from nf.dataplane.services import Services
from nf.dataplane.tls_facts import tls_facts

PAGE: Final = 64  # entries of a cache in one answer


class Here(Protocol):
    """What is asked of the worker itself."""

    @property
    def engines(self) -> Mapping[str, SslEngine]:
        """SSL engines by profile."""

    services: Services

    @property
    def connections(self) -> Collection[Connection]:
        """All sessions that live here."""

    def connection(self, session_id: int) -> Connection | None:
        """A session that lives here."""


def answer(worker: Here, question: Question) -> dict[str, Any]:
    """The answer to one question; a bug in one must not end the worker's sessions."""
    try:
        return _WORDS[question.word](worker, question.about)
    except Exception:  # noqa: BLE001 - it is said where, and to the operator that it is
        traceback.print_exc(file=sys.stderr)
        return {"error": "internal error; the device's standard error says where"}


def _told(_: Here, _about: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing more than what its reports have told before this."""
    return {}


def _session(worker: Here, about: Mapping[str, Any]) -> dict[str, Any]:
    connection = worker.connection(about["session-id"])
    return {} if connection is None else tls_facts(connection.account, connection.verdict)


def _standing(worker: Here, about: Mapping[str, Any]) -> dict[str, Any]:
    """The services of some sessions, by number."""
    wanted = frozenset(about["sessions"])
    return {str(connection.session_id): connection.inspection.standing() for connection in worker.connections
            if connection.session_id in wanted}


def _service(worker: Here, about: Mapping[str, Any]) -> dict[str, Any]:
    return worker.services.report(about)


def _caches(worker: Here, _: Mapping[str, Any]) -> dict[str, Any]:
    """Counters and sizes of the caches of all profiles together."""
    return {name: _state(_all(worker, name)) for name in ("certificate", "session")}


def _state(caches: list[Cache]) -> dict[str, int]:
    return {"hits": sum(one.counters.hits for one in caches), "misses": sum(one.counters.misses for one in caches),
            "full": sum(one.counters.full for one in caches), "entries": sum(map(len, caches)),
            "limit": max((one.limit for one in caches), default=0)}


def _entries(worker: Here, about: Mapping[str, Any]) -> dict[str, Any]:
    every = ({**entry, "init-profile": key} for key, one in _caches_of(worker, about["cache"]) for entry in one.entries())
    found = list(islice(every, about["after"], about["after"] + PAGE + 1))
    return {"entries": found[:PAGE], "next": about["after"] + PAGE if len(found) > PAGE else None}


def _clear(worker: Here, about: Mapping[str, Any]) -> dict[str, Any]:
    return {"cleared": sum(one.clear() for one in _all(worker, about["cache"]))}


def _clear_stale(worker: Here, _: Mapping[str, Any]) -> dict[str, Any]:
    sessions = (engine.sessions for engine in worker.engines.values())
    return {"cleared": sum(one.clear_stale() for one in sessions if one is not None)}


def _clear_statistics(worker: Here, about: Mapping[str, Any]) -> dict[str, Any]:
    for one in _all(worker, about["cache"]):
        one.counters.clear()
    return {}


def _all(worker: Here, name: str) -> list[Cache]:
    return [cache for _, cache in _caches_of(worker, name)]


def _caches_of(worker: Here, name: str) -> Iterator[tuple[str, Cache]]:
    """The caches of that name with the profiles that they belong to; a profile may have none."""
    for key, engine in worker.engines.items():
        cache: Cache | None = engine.certificate_cache if name == "certificate" else engine.sessions
        if cache is not None:
            yield key, cache


_WORDS: Final[Mapping[str, Callable[[Here, Mapping[str, Any]], dict[str, Any]]]] = {
    "sessions": _told, "session": _session, "standing": _standing, "service": _service, "caches": _caches,
    "cache-entries": _entries, "clear-cache": _clear, "clear-stale-sessions": _clear_stale,
    "clear-cache-statistics": _clear_statistics}
