"""Members of attacks by context: one hyperscan database for each, and what it finds held against the rest of the tests.

A member with a single test is what its expression finds. Of any other one test is looked for, the rarest by its length,
and all are tried where that was found. A growing buffer of such members is kept, up to WINDOW bytes of it. A hit is the
shortest beginning of the buffer for which a member holds, so hits are the same however the bytes are cut.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from nf.policy.attacks import Content, Member, Regex, Test
from nf.services.idp.contexts import GROWING
from nf.services.idp.database import Database, Stream, problem
from nf.services.idp.evaluation import awaits_end, holds

WINDOW = 16 << 10  # bytes of a growing buffer in which members of several tests are looked for
Hit = tuple[int, int]  # where in the buffer a member holds, and its number


class Matcher:
    """The members that look at one context, by their numbers."""

    def __init__(self, context: str, members: Iterable[tuple[int, Member]]) -> None:
        self.members = dict(members)
        sought = {number: first_of(member.tests) for number, member in self.members.items()}
        self._sought = [number for number, test in sought.items() if test is not None]
        self.unsought = frozenset(number for number, test in sought.items() if test is None)
        self.single = frozenset(number for number, member in self.members.items() if is_single(member.tests))
        tests = [test for test in sought.values() if test is not None]
        self._database = Database(tests, streams=context in GROWING) if tests else None
        self.windowed = len(self.single) < len(self.members)

    def whole(self, data: bytes) -> list[int]:
        """The members that hold of a buffer, in their order."""
        found = [self._sought[index] for index, _ in self._database.scan(data)] if self._database else []
        candidates = sorted({*found, *self.unsought})
        return [number for number in candidates
                if number in self.single or holds(self.members[number].tests, data, whole=True)]

    def begin(self, window: int = WINDOW) -> "Growing":
        """A buffer that is to come; members of several tests see `window` bytes of it."""
        return Growing(self, self._database.open() if self._database else None, window if self.windowed else 0)

    def name(self, index: int) -> int:
        """The member that an expression of the database stands for."""
        return self._sought[index]


class Growing:
    """A buffer as its bytes arrive."""

    def __init__(self, matcher: Matcher, stream: Stream | None, window: int) -> None:
        self._matcher = matcher
        self._stream = stream
        self._most = window
        self._window = bytearray()
        self._armed = set(matcher.unsought)  # may hold, and has not yet
        self.ended = False

    def feed(self, data: bytes) -> list[Hit]:
        """Which members hold with these bytes, by where."""
        hits = self._sort(self._stream.scan(data)) if self._stream else []
        if len(self._window) < self._most:
            self._window += data[:self._most - len(self._window)]
            hits += self._judge(whole=len(self._window) == self._most)
        return sorted(hits)

    def end(self) -> list[Hit]:
        """Which members hold now that there is no more to come."""
        if self.ended:
            return []
        self.ended = True
        hits = self._sort(self._stream.close()) if self._stream else []
        if len(self._window) < self._most:
            hits += self._judge(whole=True)
        self._window.clear()
        self._armed.clear()
        return sorted(hits)

    def _sort(self, found: Sequence[tuple[int, int]]) -> list[Hit]:
        """Hits of single members; the others are looked at from now on."""
        hits = []
        for index, end in found:
            number = self._matcher.name(index)
            if number in self._matcher.single:
                hits.append((end, number))
            else:
                self._armed.add(number)
        return hits

    def _judge(self, *, whole: bool) -> list[Hit]:
        if not self._armed:
            return []
        data, hits = bytes(self._window), []
        for number in sorted(self._armed):
            tests = self._matcher.members[number].tests
            if holds(tests, data, whole=whole):
                hits.append((self._shortest(tests, data), number))
                self._armed.discard(number)
        if len(data) == self._most:
            self._armed.clear()
        return hits

    def _shortest(self, tests: Sequence[Test], data: bytes) -> int:
        """How many bytes it takes for the tests to hold."""
        low, high = 0, len(data)
        while low < high:
            middle = (low + high) // 2
            if holds(tests, data[:middle], whole=False):
                high = middle
            else:
                low = middle + 1
        return high


def is_single(tests: Sequence[Test]) -> bool:
    """Whether hyperscan alone can tell: one content at a fixed place or anywhere, or one expression."""
    return len(tests) == 1 and (
        (isinstance(tests[0], Content) and not tests[0].negated and not tests[0].relative and not tests[0].at_end)
        or (isinstance(tests[0], Regex) and not tests[0].negated))


def first_of(tests: Sequence[Test]) -> Content | Regex | None:
    """What to look for first: the content that is marked, else the longest, else an expression; None where nothing must be."""
    contents = [test for test in tests if isinstance(test, Content) and not test.negated]
    if contents:
        best = max(contents, key=lambda test: (test.fast, len(test.pattern)))
        return Content(best.pattern, best.nocase) if best.relative else replace(best, at_end=False, fast=False)
    regexes = [test for test in tests if isinstance(test, Regex) and not test.negated]
    if not regexes:
        return None
    return regexes[0] if not regexes[0].relative else replace(regexes[0], relative=False)


def why_not(tests: Sequence[Test]) -> str:
    """What of the tests hyperscan cannot take, "" where it can take all."""
    first = first_of(tests)
    tried: list[Content | Regex] = [test for test in tests if isinstance(test, Regex)]
    tried += [first] if isinstance(first, Content) else []
    return next((f"{_said(test)}: {why}" for test in tried if (why := problem(test))), "")


def _said(test: Content | Regex) -> str:
    return f"pcre /{test.expression}/"[:60] if isinstance(test, Regex) else f"content {test.pattern!r}"[:60]


def why_not_in_stream(tests: Iterable[Test]) -> str:
    """What of the tests a stream without end can never decide, "" where it can."""
    tests = tuple(tests)
    return "" if is_single(tests) else next((why for test in tests if (why := awaits_end(test))), "")
