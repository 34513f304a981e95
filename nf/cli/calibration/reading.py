"""What the proxy's processes took, and what work they counted themselves, while something was done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hwmodel.work import Work
from nf.cli.calibration.site import CalibrationError, Site


@dataclass(frozen=True, slots=True)
class Reading:
    """CPU seconds of the workers and of the central point, and the work of the workers."""

    cpu: float
    central: float
    work: Work

    def __sub__(self, earlier: "Reading") -> "Reading":
        return Reading(self.cpu - earlier.cpu, self.central - earlier.central, _less(self.work, earlier.work))


def read(site: Site, act: Callable[[], None]) -> Reading:
    """While this was done; raises CalibrationError where it brought no session."""
    before = so_far(site)
    act()
    found = so_far(site) - before
    if not found.work.sessions:
        raise CalibrationError("no session came through the proxy")
    return found


def so_far(site: Site) -> Reading:
    """Since the proxy started, once no session is left."""
    site.settle()
    found = site.ask("cpu")
    work = sum((Work(**row["work"]) for row in found["workers"]), Work())
    return Reading(sum(row["real"] or 0.0 for row in found["workers"]), found["central-point"] or 0.0, work)


def _less(work: Work, earlier: Work) -> Work:
    less: dict[str, Any] = {name: getattr(work, name) - getattr(earlier, name) for name in Work.__slots__ if name != "kinds"}
    kinds = {kind: amount - earlier.kinds.get(kind, 0) for kind, amount in work.kinds.items()}
    return Work(**less, kinds={kind: amount for kind, amount in kinds.items() if amount})
