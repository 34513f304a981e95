"""Questions of operators that only the workers can answer: asked of several at once, answered when all have, or in time."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, TypeAlias

from nf.dataplane.loop import Loop
from nf.dataplane.messages import Question, Reply

PATIENCE: Final = 5.0  # seconds that a worker has to answer; an operator's own patience is longer

Answers: TypeAlias = Mapping[int, Mapping[str, Any]]  # by worker; one that is silent or dead has none


class Later:
    """An answer that is not there yet: `then` is called once, with the answer, as soon as it is."""

    def __init__(self) -> None:
        self._answer: Mapping[str, Any] | None = None
        self._waiting: Callable[[Mapping[str, Any]], None] | None = None

    def then(self, waiting: Callable[[Mapping[str, Any]], None]) -> None:
        """Who waits for it."""
        self._waiting = waiting
        self._tell()

    def give(self, answer: Mapping[str, Any]) -> None:
        """Here it is."""
        self._answer = answer
        self._tell()

    def _tell(self) -> None:
        if self._answer is not None and self._waiting is not None:
            self._waiting(self._answer)


class Inquiry:
    """One question on its way to some workers."""

    def __init__(self, done: Callable[[Answers], None], over: Callable[["Inquiry"], None]) -> None:
        self.slot: int | None = None  # the loop's
        self.awaited: dict[int, int] = {}  # worker by the number of the question
        self._answers: dict[int, Mapping[str, Any]] = {}
        self._done, self._over = done, over

    def replied(self, number: int, answer: Mapping[str, Any] | None) -> None:
        """A worker has answered, or is dead."""
        worker = self.awaited.pop(number)
        if answer is not None:
            self._answers[worker] = answer
        if not self.awaited:
            self.expired()

    def expired(self) -> None:
        """All have answered, or there was time enough."""
        self._over(self)
        self._done(self._answers)


class Inquiries:
    """All questions on their way; `send` gives one to a worker and is False for a worker that is not there."""

    def __init__(self, loop: Loop, send: Callable[[int, Question], bool]) -> None:
        self._loop, self._send = loop, send
        self._number = 0
        self._inquiry_of: dict[int, Inquiry] = {}

    def ask(self, workers: Collection[int], word: str, about: Mapping[str, Any], done: Callable[[Answers], None],
            process: int = 0, patience: float = PATIENCE) -> None:
        """Ask these workers, of a session the process that has it; `done` gets what they said, nothing where none is."""
        inquiry = Inquiry(done, self._forget)
        for worker in workers:
            self._number += 1
            if self._send(worker, Question(self._number, word, dict(about), process)):
                inquiry.awaited[self._number] = worker
                self._inquiry_of[self._number] = inquiry
        if inquiry.awaited:
            self._loop.arm(inquiry, patience)
        else:
            done({})

    def replied(self, reply: Reply) -> None:
        """A worker has answered; one that comes too late is not wanted any more."""
        inquiry = self._inquiry_of.pop(reply.number, None)
        if inquiry is not None:
            inquiry.replied(reply.number, reply.answer)

    def lost(self, worker: int) -> None:
        """A worker has died: it answers no more."""
        for number, inquiry in tuple(self._inquiry_of.items()):
            if inquiry.awaited.get(number) == worker:
                del self._inquiry_of[number]
                inquiry.replied(number, None)

    def _forget(self, inquiry: Inquiry) -> None:
        self._loop.disarm(inquiry)
        for number in inquiry.awaited:
            self._inquiry_of.pop(number, None)
