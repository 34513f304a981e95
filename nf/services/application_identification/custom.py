"""Applications of one's own: their patterns as one automaton (hyperscan), which takes time in step with the data alone."""

from collections.abc import Iterable, Sequence

import hyperscan

from hwmodel.session import Direction
from nf.policy.appid import CustomApplication, Member, Signature
from nf.services.application_identification.evidence import Evidence, Fit

_FLAGS = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL
_DIRECTIONS = {"client-to-server": (Direction.C2S,), "server-to-client": (Direction.S2C,),
               "any": (Direction.C2S, Direction.S2C)}


class CustomApplications:
    """Those of one configuration, in the order in which they are asked."""

    def __init__(self, applications: Sequence[CustomApplication]) -> None:
        self.applications = applications
        patterns = dict.fromkeys(member.pattern for one in applications for signature in one.signatures
                                 for member in signature.members)
        self._number = {pattern: number for number, pattern in enumerate(patterns)}
        self._automaton = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK) if patterns else None
        if self._automaton is not None:
            self._automaton.compile(
                expressions=[f"^(?:{pattern})".encode() for pattern in patterns], ids=list(self._number.values()),
                elements=len(patterns), flags=[_FLAGS] * len(patterns))

    def find(self, evidence: Evidence, priority: str) -> tuple[CustomApplication | None, Fit]:
        """The first application of a priority that fits, or that one may still."""
        for application in self.applications:
            if application.priority != priority:
                continue
            fit = self._fit(application, evidence)
            if fit is not Fit.NO:
                return (application, fit) if fit is Fit.YES else (None, fit)
        return None, Fit.NO

    def _fit(self, application: CustomApplication, evidence: Evidence) -> Fit:
        if any(mapping.covers(evidence.flow) for mapping in application.addresses):
            return Fit.YES
        return _any(self._signature(each, evidence) for each in application.signatures)

    def _signature(self, signature: Signature, evidence: Evidence) -> Fit:
        ports = signature.ports
        if ports and not any(evidence.flow.dport in each for each in ports):
            return Fit.NO
        carried = _carried(signature.over, evidence)
        return carried if carried is Fit.NO else _all([carried, *(self._member(each, evidence) for each in signature.members)])

    def _member(self, member: Member, evidence: Evidence) -> Fit:
        if member.context == "stream":
            held = [evidence.stream(direction, member.depth) for direction in _DIRECTIONS[member.direction]]
            return _any(self._matches(member, data, whole) for data, whole in held)
        found = evidence.held(member)
        return Fit.NO if found is None else self._matches(member, *found)

    def _matches(self, member: Member, data: bytes, whole: bool) -> Fit:
        hits: list[int] = []
        if data and self._automaton is not None:
            self._automaton.scan(data, match_event_handler=lambda number, *_: hits.append(number))
        if self._number[member.pattern] in hits:
            return Fit.YES
        return Fit.NO if whole else Fit.MAYBE


def _carried(over: str, evidence: Evidence) -> Fit:
    if over == "SSL":
        return Fit.YES if evidence.encrypted else Fit.NO if evidence.greeted else Fit.MAYBE
    if over == "HTTP":
        return Fit.YES if evidence.is_http else Fit.NO if evidence.carrier is not None else Fit.MAYBE
    return Fit.YES


def _any(fits: Iterable[Fit]) -> Fit:
    found = set(fits)
    return Fit.YES if Fit.YES in found else Fit.MAYBE if Fit.MAYBE in found else Fit.NO


def _all(fits: Iterable[Fit]) -> Fit:
    found = set(fits)
    return Fit.NO if Fit.NO in found else Fit.MAYBE if Fit.MAYBE in found else Fit.YES
