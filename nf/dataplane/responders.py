"""OCSP responders, asked by threads beside a worker's loop: sessions wait for what they say, the loop does not."""

import os
import socket
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import Final

from nf.dataplane.loop import Loop
from nf.dataplane.ocsp_post import NoAnswerError, posted
from nf.log.records import USER_WARNING, LogRecord
from nf.pki.question import Question
from nf.pki.responders import kept_until

PATIENCE: Final = 4.0  # seconds for one question, all its responders together; a session's own deadline is later
SILENCE: Final = timedelta(seconds=60)  # for which nobody is asked again where nobody has answered
SHORTEST: Final = timedelta(seconds=1)  # that an answer is kept, for those who wait for it
REMEMBERED: Final = 4096  # answers
THREADS: Final = 8
UNDER_WAY: Final = 512  # questions; what comes beyond counts as unanswered
NONCE: Final = 16  # bytes
_WORDS: Final = 1000  # of what went wrong, some of which a responder may have written


@dataclass(slots=True)
class _Waiting:
    """Somebody who goes on once all of these have been answered."""

    questions: set[Question]
    go_on: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What has come of a question: a response, or what was wrong with each responder."""

    question: Question
    until: datetime
    response: bytes = b""
    problems: list[str] = field(default_factory=list)


class Responders:
    """One worker's: each question is asked once at a time, its answer kept until it ends; what nobody answers is logged."""

    def __init__(self, loop: Loop, log: Callable[[tuple[LogRecord, ...]], None]) -> None:
        self._loop, self._log = loop, log
        self._kept: OrderedDict[Question, tuple[bytes, datetime]] = OrderedDict()
        self._under_way: dict[Question, list[_Waiting]] = {}
        self._said: SimpleQueue[_Outcome] = SimpleQueue()
        self._threads: ThreadPoolExecutor | None = None  # made when first needed: threads do not live through a fork
        self._woken, self._wake = socket.socketpair()
        for end in (self._woken, self._wake):
            end.setblocking(False)

    def answer(self, question: Question) -> bytes | None:
        """The response that is held, empty where nobody has answered lately, None where nobody was asked."""
        kept = self._kept.get(question)
        return kept[0] if kept is not None and datetime.now(UTC) < kept[1] else None

    def ask(self, questions: Sequence[Question], go_on: Callable[[], None]) -> None:
        """Call `go_on`, in a later turn, once each question has an answer or nobody has given one."""
        waiting = _Waiting({one for one in questions if self.answer(one) is None}, go_on)
        for question in tuple(waiting.questions):
            if question in self._under_way:
                self._under_way[question].append(waiting)
            elif len(self._under_way) < UNDER_WAY:
                self._under_way[question] = [waiting]
                self._pool().submit(self._find_out, question)
            else:
                self._keep(question, b"", datetime.now(UTC) + SHORTEST)
                waiting.questions.discard(question)
        if not waiting.questions:
            self._loop.again(go_on)

    def _pool(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, "ocsp")
            self._loop.watch_file(self._woken.fileno(), lambda _: self._hear())
        return self._threads

    def _find_out(self, question: Question) -> None:
        """A thread's work."""
        try:
            found = _asked(question)
        except Exception as error:  # noqa: BLE001 - sessions wait, and would for good
            traceback.print_exc()
            found = _Outcome(question, datetime.now(UTC) + SILENCE, problems=[f"internal error: {error!r}"])
        self._said.put(found)
        with suppress(BlockingIOError):  # then it is awake
            self._wake.send(b"!")

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            self._woken.recv(4096)
        while not self._said.empty():
            found = self._said.get()
            self._keep(found.question, found.response, found.until)
            if found.problems and not found.response:
                self._log((_unanswered(found.problems),))
            for waiting in self._under_way.pop(found.question):
                waiting.questions.discard(found.question)
                if not waiting.questions:
                    self._loop.again(waiting.go_on)

    def _keep(self, question: Question, response: bytes, until: datetime) -> None:
        self._kept[question] = response, until
        self._kept.move_to_end(question)
        if len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)


def _asked(question: Question) -> _Outcome:
    """What the first responder that knows says, and until when that holds; nothing where none does."""
    deadline, problems = time.monotonic() + PATIENCE, []
    for url in question.urls:
        nonce = os.urandom(NONCE)
        try:
            response = posted(url, question.request(nonce), max(0.1, deadline - time.monotonic()))
        except (NoAnswerError, ValueError) as error:  # ValueError: a certificate that cannot be asked about
            problems.append(f"{url}: {error}")
            continue
        now = datetime.now(UTC)
        until = kept_until(question, response, now)
        if until is not None and question.is_answered_by(response, nonce):
            return _Outcome(question, max(until, now + SHORTEST), response)
        problems.append(f"{url}: {'not an answer to this request' if until else 'not a sound answer'}")
    return _Outcome(question, datetime.now(UTC) + SILENCE, problems=problems)


def _unanswered(problems: Sequence[str]) -> LogRecord:
    """A name of ours: no published sample shows that of the devices."""
    words = "; ".join(problems).encode("unicode_escape").decode()
    return LogRecord.of("PKID", "PKID_OCSP_NO_ANSWER", USER_WARNING, (("message", words[:_WORDS]),))
