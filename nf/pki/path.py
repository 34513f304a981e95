"""Candidate paths from a server's certificate to a trust anchor, shortest first and within fixed bounds (RFC 4158).

A server may send its chain in any order, with extras, cross-signed detours and loops; a path found is only a proposal,
which the verifiers then judge.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from nf.pki.certificate import Certificate

Path: TypeAlias = tuple[Certificate, ...]
Link: TypeAlias = Callable[[Certificate, Certificate], bool]  # whether the second may have issued the first
AnchorsByName: TypeAlias = Mapping[bytes, Sequence[Certificate]]  # subject -> the anchors of that name

MAX_STEPS = 3000
MAX_PATHS = 60
MAX_WORK = 1000  # checks of signatures, in units of one on P-256: well under 0.1 s
MAX_COMPARISONS = 60_000  # of names with name constraints, about as dear
MAX_LENGTH = 10  # certificates in a path, leaf and anchor included


@dataclass(slots=True)
class Budget:
    """What one search may still spend; `exhausted` when something was left untried."""

    steps: int = MAX_STEPS
    paths: int = MAX_PATHS
    work: int = MAX_WORK
    comparisons: int = MAX_COMPARISONS
    exhausted: bool = False

    def step(self) -> bool:
        """Take one step, if there is one left."""
        self.steps -= 1
        self.exhausted |= self.steps < 0
        return self.steps >= 0

    def path(self) -> bool:
        """Take one path, if there is one left."""
        self.paths -= 1
        self.exhausted |= self.paths < 0
        return self.paths >= 0

    def signatures(self, effort: int) -> bool:
        """Take the checks of signatures that ask for this much work, if there is as much left."""
        self.work -= effort
        self.exhausted |= self.work < 0
        return self.work >= 0

    def compare(self, times: int) -> bool:
        """Take so many comparisons of names, if there are as many left."""
        self.comparisons -= times
        self.exhausted |= self.comparisons < 0
        return self.comparisons >= 0


def candidate_paths(leaf: Certificate, extras: Sequence[Certificate], anchors: AnchorsByName, link: Link,
                    budget: Budget) -> Iterator[Path]:
    """Propose paths leaf first, anchor last; a self-signed leaf that is itself an anchor is a path of one."""
    if leaf.self_issued and leaf in anchors.get(leaf.subject, ()):
        yield (leaf,)
    growing: deque[Path] = deque([(leaf,)])
    while growing:
        path = growing.popleft()
        for anchor in _unused(anchors.get(path[-1].issuer, ()), path):
            if not budget.step():
                return
            if link(path[-1], anchor):
                if not budget.path():
                    return
                yield (*path, anchor)
        for issuer in _unused(extras, path):
            if not budget.step():
                return
            if not link(path[-1], issuer):
                continue
            if len(path) + 2 > MAX_LENGTH:
                budget.exhausted = True
                continue
            growing.append((*path, issuer))


def reachable(leaf: Certificate, extras: Sequence[Certificate], link: Link, budget: Budget) -> Iterator[Certificate]:
    """The leaf and every certificate sent that stands above it, each once."""
    seen = [leaf]
    for certificate in seen:
        yield certificate
        for issuer in extras:
            if issuer not in seen and budget.step() and link(certificate, issuer):
                seen.append(issuer)


def _unused(candidates: Sequence[Certificate], path: Path) -> Iterator[Certificate]:
    # The same name with the same key is the same authority: going through it twice is a loop.
    for candidate in candidates:
        if all(candidate.key_der != used.key_der or candidate.subject != used.subject for used in path):
            yield candidate
