"""What earlier sessions have taught: clients that refuse forged certificates, servers that require a client's own.

Both are remembered for the pair of server address and server name, so that a name alone, which a client chooses as it
likes, opens nothing elsewhere. Bounded: what has not been used for longest is forgotten first. Times are the caller's.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from nf.policy.profile import LearnedBypass
from nf.sslproxy.reasons import Reason

MOST: Final = 4096  # of what is learned, and of what is on its way there
ANYONE: Final = ""  # the client of what is learned of a server


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it concerns: addresses as text, the server's name as the client gave it."""

    profile: str
    client: str
    server: str
    port: int
    server_name: str | None

    @property
    def of_anyone(self) -> "Subject":
        """The same server, whoever the client."""
        return replace(self, client=ANYONE)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing learned; `until` is of the caller's clock, `count` how many sessions have taught it."""

    subject: Subject
    reason: Reason
    count: int
    until: float


class Lessons:
    """What is known now: every worker's copy, and the central point's own."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[Subject, Lesson] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def add(self, lesson: Lesson) -> None:
        """Know one thing more, or for longer."""
        self._known[lesson.subject] = lesson
        self._known.move_to_end(lesson.subject)
        while len(self._known) > self._most:
            self._known.popitem(last=False)

    def recall(self, subject: Subject, now: float) -> Reason | None:
        """Why a session of this client with this server is to be passed on undecrypted, or None."""
        for one in (subject, subject.of_anyone):
            lesson = self._known.get(one)
            if lesson is not None and lesson.until > now:
                self._known.move_to_end(one)
                return lesson.reason
        return None

    def entries(self, now: float) -> Iterator[Lesson]:
        """What is known and has not run out, what was not used for longest first."""
        return (lesson for lesson in tuple(self._known.values()) if lesson.until > now)

    def clear(self) -> int:
        """Forget all; returns how much it was."""
        count = len(self._known)
        self._known.clear()
        return count


class Refusals:
    """Counts how often a client has refused a server's forged certificate, until that is often enough."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._seen: OrderedDict[Subject, deque[float]] = OrderedDict()

    def refused(self, subject: Subject, rules: LearnedBypass, now: float) -> Lesson | None:
        """Once more, now; what is learned of it when it was the last of `count` within the window."""
        seen = self._seen.setdefault(subject, deque())
        self._seen.move_to_end(subject)
        seen.append(now)
        while seen[0] <= now - rules.window:
            seen.popleft()
        if len(seen) >= rules.count:
            del self._seen[subject]
            return Lesson(subject, Reason.LEARNED, rules.count, now + rules.ttl)
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return None
