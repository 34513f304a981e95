"""One file on its way to clamd: what is kept of it meanwhile, and what came of it."""

from dataclasses import dataclass
from typing import Final

from nf.policy.utm import AntiVirus
from nf.protocols import clamd
from nf.protocols.transfers import Data, File
from nf.services.asking import Answer, Ask, Peer

_AT_ONCE: Final = 64 << 10  # bytes of a file of unknown size that are held back, however much comes at a time
_DROP: Final = 500  # bytes that trickle at a time
_SILENCE: Final = 0.5  # seconds after which the newest piece of a file of unknown length may go on
_GRACE: Final = 5.0  # seconds beyond clamd's time, in which the answer that there is none comes
_FAULTS: Final = {"timeout": "timeout", "busy": "too-many-requests"}  # all else: it is not there


@dataclass(frozen=True, slots=True)
class Outcome:
    """Clean, a virus, or why there is no verdict: one of AV_FAULTS."""

    virus: str = ""
    fault: str = ""


class Scan:
    """A file that is being scanned, under the number of its exchange with clamd."""

    def __init__(self, number: int, file: File, start: int, profile: AntiVirus, now: float) -> None:
        self.file, self.profile = file, profile
        self._number = number
        self._peer = Peer(profile.clamd.transport, profile.clamd.host, profile.clamd.port)
        self._absent = "engine-not-ready" if profile.clamd.transport == "unix" else "server-connection-err"
        self.begun = False
        self._ended = False
        self._size = 0
        self._answer = b""
        self._last = start  # where its last piece begins: the first one with the head that announces the file
        self._first: float | None = None  # when its first piece came
        self._waits = profile.forwarding == "hold"
        taps = profile.forwarding == "inline-tap"
        self.upto = None if taps or file.upload else start  # offset up to which its direction may pass; None: all
        self.due: float | None = None  # when something of what is held back may pass, or there is no verdict
        self.touch(now)

    def touch(self, now: float) -> None:
        """Something has happened to it."""
        if self.upto is None:
            self.due = None
        elif self._waits and self.profile.trickling:
            self.due = self.due or now + self.profile.trickling
        else:
            self.due = now + (self.profile.timeout + _GRACE if self._waits or self._ended else _SILENCE)

    def data(self, event: Data, now: float) -> Ask | Outcome | None:
        """More of the file: send it on, or give up."""
        self._size += len(event.data)
        if self._size > self.profile.size_limit << 10:
            return Outcome(fault="content-size")
        self._place(event.start, event.end, now)
        if self.profile.forwarding == "continuous":
            self.upto = self._last if self.file.size is None else None
        if not event.data:
            return None
        begin = b"" if self.begun else clamd.BEGIN
        self.begun = True
        return self._ask(begin + clamd.chunk(event.data))

    def _place(self, start: int, end: int, now: float) -> None:
        """Where the newest piece begins. The head of what a client sends goes on at once: it may wait for an answer to that."""
        if self._first is None and self.file.upload:
            self._last = start
            self.upto = start if self._waits else None
        self._first = now if self._first is None else self._first
        if now > self._first:
            self._last = start
        self._last = max(self._last, end - _AT_ONCE)

    def end(self) -> Ask:
        """The file is over: its last piece waits for the verdict."""
        self._ended = True
        if self.profile.forwarding == "continuous":
            self.upto = self._last
        return self._ask(clamd.END)

    def answer(self, answer: Answer) -> Outcome | None:
        """What clamd says; None where that is not all."""
        self._answer += answer.data
        found = clamd.read(self._answer)
        if found is None:
            return Outcome(fault=_FAULTS.get(answer.fault, self._absent)) if answer.fault else None
        if found.error:
            return Outcome(fault="out-of-resources" if found.is_too_large else "default")
        return Outcome(found.virus)

    @property
    def engine(self) -> str:
        """Where it is scanned, as an operator writes it."""
        at = self.profile.clamd
        return f"unix:{at.host}" if at.transport == "unix" else f"tcp:{at.host}:{at.port}"

    def wake(self, now: float) -> Outcome | None:
        """It has been held back for a while: let a drop pass, or what may have been the last piece and was not."""
        if self.due is None or self.due > now or self.upto is None:
            return None
        if self._waits and self.profile.trickling:
            self.upto, self.due = self.upto + _DROP, now + self.profile.trickling
        elif self._waits or self._ended:
            return Outcome(fault="timeout")
        else:
            self.upto = self.due = None
            self._first = self._first or 0.0  # a head that has gone is part of no piece
        return None

    def over(self) -> Ask:
        """Nothing more is asked of clamd."""
        return Ask(self._number, self._peer, over=True)

    def is_answered_by(self, answer: Answer) -> bool:
        """Whether an answer is for this file."""
        return answer.number == self._number

    def _ask(self, data: bytes) -> Ask:
        """Clamd itself ends connections on which nothing comes for two minutes, so time counts between pieces too."""
        return Ask(self._number, self._peer, data, float(self.profile.timeout))
