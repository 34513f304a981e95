"""What services have done and what that cost: on one session, and on all of a worker together."""

from dataclasses import asdict, dataclass, field
from typing import Any

from msgspec import Struct, structs

_LONGEST = 1 << 16  # milliseconds; what takes longer is counted with it


@dataclass(slots=True)
class Durations:
    """Times by the power of two of milliseconds that they stay under: such counts can be added up."""

    count: int = 0
    seconds: float = 0.0
    under: dict[str, int] = field(default_factory=dict)

    def note(self, seconds: float) -> None:
        """One more."""
        bound = 1
        while bound <= seconds * 1000 and bound < _LONGEST:
            bound <<= 1
        self.count += 1
        self.seconds += seconds
        self.under[str(bound)] = self.under.get(str(bound), 0) + 1

    def add(self, other: "Durations") -> None:
        """As many more as another one has."""
        self.count += other.count
        self.seconds += other.seconds
        for bound, count in other.under.items():
            self.under[bound] = self.under.get(bound, 0) + count


class Tally(Struct):
    """Of a session's services each has one; what is rare is not there before it happens."""

    sessions: int = 0
    pieces: int = 0
    bytes: int = 0
    nanoseconds: int = 0  # of judging
    asks: int = 0
    holds: int = 0
    blocks: int = 0
    faults: dict[str, int] | None = None
    answered: Durations | None = None  # between asking an engine and its first word
    held: Durations | None = None  # between a hold and its end

    def fault(self, name: str) -> None:
        """One more of these."""
        self.faults = self.faults or {}
        self.faults[name] = self.faults.get(name, 0) + 1

    def answer(self, seconds: float) -> None:
        """An engine has answered after so long."""
        self.answered = self.answered or Durations()
        self.answered.note(seconds)

    def release(self, seconds: float) -> None:
        """A hold has ended that has lasted so long."""
        self.held = self.held or Durations()
        self.held.note(seconds)

    def add(self, other: "Tally") -> None:
        """As much more as another one has."""
        self.sessions += other.sessions
        self.pieces += other.pieces
        self.bytes += other.bytes
        self.nanoseconds += other.nanoseconds
        self.asks += other.asks
        self.holds += other.holds
        self.blocks += other.blocks
        if other.faults:
            known = self.faults or {}
            self.faults = known | {name: known.get(name, 0) + count for name, count in other.faults.items()}
        if other.answered is not None:
            self.answered = self.answered or Durations()
            self.answered.add(other.answered)
        if other.held is not None:
            self.held = self.held or Durations()
            self.held.add(other.held)

    def brief(self) -> dict[str, int]:
        """What there is to say of one session."""
        waited, held = (0.0 if one is None else one.seconds for one in (self.answered, self.held))
        return {"bytes": self.bytes, "microseconds": self.nanoseconds // 1000, "asks": self.asks,
                "waited-ms": round(waited * 1000), "held-ms": round(held * 1000)}

    def report(self) -> dict[str, Any]:
        """As numbers that can be added up, all of them."""
        return structs.asdict(self) | {"faults": self.faults or {}, "answered": asdict(self.answered or Durations()),
                               "held": asdict(self.held or Durations())}
