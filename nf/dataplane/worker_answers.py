"""What a worker alone can answer, when an operator asks: the TLS ends of a session, its caches. Never asked per session."""

import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from nf.dataplane.certificates import SslEngine
from nf.dataplane.connection import Connection
from nf.dataplane.messages import Question
from nf.dataplane.tls_facts import tls_facts

PAGE: Final = 64  # entries of a cache in one answer


class Here(Protocol):
    """What is asked of the worker itself."""

    @property
    def engines(self) -> Mapping[str, SslEngine]:
        """SSL engines by profile."""

    def connection(self, session_id: int) -> Connection | None:
        """A session that lives here."""


def answer(worker: Here, question: Question) -> dict[str, Any]:
    """The answer to one question; a bug in one must not end the worker's sessions."""
    try:
        return _WORDS[question.word](worker, question.about)
    except Exception:  # noqa: BLE001 - it is said where, and to the operator that it is
        traceback.print_exc(file=sys.stderr)
        return {"error": "internal error; the device's standard error says where"}


def _session(worker: Here, about: Mapping[str, Any]) -> dict[str, Any]:
    connection = worker.connection(about["session-id"])
    return {} if connection is None else tls_facts(connection.account)


_WORDS: Final[Mapping[str, Callable[[Here, Mapping[str, Any]], dict[str, Any]]]] = {"session": _session}
