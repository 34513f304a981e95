"""Whether the tests of a member hold of some bytes: the exact word, where hyperscan has found that it may be so.

Tests are tried in their order and with every place where one may have matched before. As long as a buffer still grows,
only what no further byte can change counts as true, so the answer goes from no to yes once and never back.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from nf.policy.attacks import Content, DataAt, Regex, Size, Test
from nf.services.idp.database import ends_of

_STEPS = 4096  # places tried for one member before it counts as not found
_AT_END = re.compile(r"(?<!\\)(?:\\\\)*(?:\$|\\[bBzZ])")  # what depends on what follows


@lru_cache(8192)
def awaits_end(test: Test) -> str:
    """Why a test can only be decided when the whole buffer is there, "" where it need not be."""
    reasons = {
        "a negated content without depth or within": isinstance(test, Content) and test.negated
        and test.depth is None and test.within is None,
        "endswith": isinstance(test, Content) and test.at_end,
        "a negated pcre": isinstance(test, Regex) and test.negated,
        "an expression that depends on what follows": isinstance(test, Regex) and bool(_AT_END.search(test.expression)),
        "bsize": isinstance(test, Size),
        "a negated isdataat": isinstance(test, DataAt) and test.negated,
    }
    return next((reason for reason, holds_of_it in reasons.items() if holds_of_it), "")


class Buffer:
    """Bytes to be judged; `whole` when no more will come."""

    def __init__(self, data: bytes, *, whole: bool) -> None:
        self.data = data
        self.whole = whole
        self._lower: bytes | None = None
        self.steps = _STEPS

    @property
    def lower(self) -> bytes:
        """The same in lower case."""
        if self._lower is None:
            self._lower = self.data.lower()
        return self._lower


def holds(tests: Sequence[Test], data: bytes, *, whole: bool) -> bool:
    """Whether all tests hold of the bytes so far."""
    return _holds(tests, 0, 0, Buffer(data, whole=whole))


def _holds(tests: Sequence[Test], index: int, last: int, buffer: Buffer) -> bool:
    """Whether the tests from this one on hold, when what was found before ends at `last`."""
    if index == len(tests):
        return True
    for end in _ends(tests[index], last, buffer):
        buffer.steps -= 1
        if buffer.steps < 0:
            return False
        if _holds(tests, index + 1, end, buffer):
            return True
    return False


def _ends(test: Test, last: int, buffer: Buffer) -> Iterator[int]:
    """Where a test may have matched, as ends in ascending order; `last` itself for one that moves nothing."""
    if awaits_end(test) and not buffer.whole:
        return
    match test:
        case Content(negated=True):
            if _is_absent(test, last, buffer):
                yield last
        case Content():
            yield from _content(test, last, buffer)
        case Regex():
            start = last if test.relative else 0
            found = ends_of(test, buffer.data[start:])
            if test.negated:
                yield from () if found else (last,)
            else:
                yield from (start + end for end in found)
        case DataAt():
            there = (last if test.relative else 0) + test.count <= len(buffer.data)
            if there is not test.negated:
                yield last
        case Size():
            if test.low <= len(buffer.data) and (test.high is None or len(buffer.data) <= test.high):
                yield last


def _region(test: Content, last: int) -> tuple[int, int | None]:
    """The first byte that a content may begin with, and the end that it may not reach beyond."""
    if test.relative:
        start = last + (test.distance or 0)
        return max(start, 0), None if test.within is None else start + test.within
    return test.offset, None if test.depth is None else test.offset + test.depth


def _content(test: Content, last: int, buffer: Buffer) -> Iterator[int]:
    data, wanted = (buffer.lower, test.pattern.lower()) if test.nocase else (buffer.data, test.pattern)
    start, limit = _region(test, last)
    limit = len(data) if limit is None else min(limit, len(data))
    if test.at_end:
        start = max(start, len(data) - len(wanted))
    at = data.find(wanted, start, limit)
    while at >= 0:
        yield at + len(wanted)
        at = data.find(wanted, at + 1, limit)


def _is_absent(test: Content, last: int, buffer: Buffer) -> bool:
    """Whether a negated content is not where it must not be, as far as that is decided."""
    _, limit = _region(test, last)
    decided = buffer.whole or (limit is not None and limit <= len(buffer.data))
    return decided and next(_content(test, last, buffer), None) is None
