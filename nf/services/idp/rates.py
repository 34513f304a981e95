"""How often an attack is seen: counts by address or session over an interval, with a bound on how many are kept.

What other workers see comes in by bulletins, so that sessions of one client count together wherever they are placed.
"""

from dataclasses import dataclass

from nf.log.records import SessionFacts
from nf.policy.attacks import Attack, Rate

MOST = 65_536  # counts at a time; the oldest is forgotten


@dataclass(slots=True)
class _Count:
    since: float
    seen: int = 0


class Rates:
    """The counts of one worker."""

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}

    def note(self, key: str, seconds: float, now: float) -> int:
        """One more: how many there are in the present interval."""
        count = self._counts.pop(key, None)
        if count is None or now - count.since >= seconds:
            count = _Count(now)
        count.seen += 1
        self._counts[key] = count
        while len(self._counts) > MOST:
            del self._counts[next(iter(self._counts))]
        return count.seen

    def forget(self, key: str) -> None:
        """Begin anew."""
        self._counts.pop(key, None)

    def tells(self, rate: Rate, key: str, now: float) -> bool:
        """Whether an attack that is seen once more is to be told now."""
        seen = self.note(key, rate.seconds, now)
        match rate.kind:
            case "limit":
                return seen <= rate.count
            case "both":
                return seen == rate.count
            case "filter":
                return seen > rate.count
        if seen < rate.count:
            return False
        self.forget(key)
        return True


def counted(attack: Attack, rate: Rate, facts: SessionFacts) -> str:
    """What is counted together."""
    flow, name = facts.five_tuple, f"{facts.logical_system} {attack.name}"
    match rate.scope:
        case "source":
            return f"{name} {flow.src}"
        case "destination":
            return f"{name} {flow.dst}"
        case "peer":
            return f"{name} {flow.src} {flow.dst}"
    return f"{name} #{facts.session_id}"
