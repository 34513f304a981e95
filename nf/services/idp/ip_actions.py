"""ip-action: what becomes of later sessions of those who were caught, known to every worker for a while."""

from collections.abc import Iterator
from dataclasses import dataclass

from hwmodel.session import FiveTuple
from nf.log.records import SessionFacts
from nf.policy.idp import IpAction

MOST = 65_536  # at a time; the oldest is forgotten
FOR_GOOD = 10 * 365 * 86400.0  # seconds


@dataclass(frozen=True, slots=True)
class Standing:
    """One that holds: what it does, until when, and which rule and attack it comes from."""

    kind: str
    until: float
    seconds: float
    refresh: bool
    log: bool
    rule: str
    attack: str
    value: str  # of the bulletin


class IpActions:
    """Those of one worker, by what they meet."""

    def __init__(self) -> None:
        self._standing: dict[str, Standing] = {}

    def note(self, key: str, value: str, seconds: float, now: float) -> None:
        """One that was announced."""
        kind, refresh, log, rule, attack = value.split("\t")
        self._standing.pop(key, None)
        self._standing[key] = Standing(kind, now + seconds, seconds, refresh == "r", log == "l", rule, attack, value)
        while len(self._standing) > MOST:
            del self._standing[next(iter(self._standing))]

    def meeting(self, facts: SessionFacts, now: float) -> tuple[str, Standing] | None:
        """The one that meets a new session, the heaviest where there are several."""
        met = [(key, standing) for key in _keys(facts) if (standing := self._live(key, now)) is not None]
        return max(met, key=lambda pair: _WEIGHTS[pair[1].kind], default=None)

    def count(self, now: float) -> int:
        """How many there are."""
        for key in list(self._standing):
            self._live(key, now)
        return len(self._standing)

    def clear(self) -> None:
        """Forget all."""
        self._standing.clear()

    def _live(self, key: str, now: float) -> Standing | None:
        standing = self._standing.get(key)
        if standing is not None and standing.until <= now:
            del self._standing[key]
            return None
        return standing


_WEIGHTS = {"notify": 0, "close": 1, "block": 2}


def value_of(action: IpAction, rule: str, attack: str) -> str:
    """An action as a bulletin's value."""
    return "\t".join((action.kind, "r" if action.refresh else "", "l" if action.log else "", rule, attack))


def meant(target: str, facts: SessionFacts) -> str:
    """What an action's target means for a session."""
    flow, zone = facts.five_tuple, facts.source_zone
    words = {
        "source-address": f"{flow.src}", "destination-address": f"{flow.dst}", "source-zone": zone,
        "source-zone-address": f"{zone} {flow.src}", "service": f"{flow.src} {_service(flow)}",
        "zone-service": f"{zone} {_service(flow)}"}
    return f"{facts.logical_system} {target} {words[target]}"


def _keys(facts: SessionFacts) -> Iterator[str]:
    for target in ("service", "source-address", "destination-address", "source-zone", "source-zone-address", "zone-service"):
        yield meant(target, facts)


def _service(flow: FiveTuple) -> str:
    return f"{flow.dst} {flow.dport} {flow.proto}"
