"""How short memory is: of the control group that the process is in, and of the machine."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

LEAST: Final = 0.05  # of what there is; with less left, sessions pass undecrypted rather than the kernel ending a worker
INTERVAL: Final = 1.0  # seconds between two looks

_V2: Final = ("memory.max", "memory.current")
_V1: Final = ("memory.limit_in_bytes", "memory.usage_in_bytes")
_UNLIMITED: Final = 1 << 60  # version 1 writes a number like this for no limit


class MemoryGauge:
    """Asked for every session, looks once a second; `root` is where /proc and /sys are."""

    def __init__(self, root: Path = Path("/"), clock: Callable[[], float] = time.monotonic) -> None:
        self._root, self._clock = root, clock
        self._groups = tuple(_groups(root))
        self._looked = float("-inf")
        self._low = False

    @property
    def is_low(self) -> bool:
        """Whether less than a twentieth is left."""
        now = self._clock()
        if now - self._looked >= INTERVAL:
            self._looked = now
            self._low = self._free() < LEAST
        return self._low

    def _free(self) -> float:
        """The part that is left where least is left."""
        return min([self._free_of_machine(), *(_free_of(*group) for group in self._groups)])

    def _free_of_machine(self) -> float:
        try:
            lines = (self._root / "proc/meminfo").read_text(encoding="ascii").splitlines()
            kilobytes = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines)}
            return kilobytes["MemAvailable"] / kilobytes["MemTotal"]
        except (OSError, ValueError, KeyError, IndexError, ZeroDivisionError):
            return 1.0


def _groups(root: Path) -> Iterator[tuple[Path, Path, Path]]:
    """Files with limit, use and details of the process's control group and of those around it (cgroups(7))."""
    with contextlib.suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers and "memory" not in controllers.split(","):
                continue
            top, (limit, used) = (root / "sys/fs/cgroup/memory", _V1) if controllers else (root / "sys/fs/cgroup", _V2)
            inner = top / path.lstrip("/")
            for group in (inner, *inner.parents):
                if not group.is_relative_to(top):
                    break
                if (group / limit).exists():
                    yield group / limit, group / used, group / "memory.stat"


def _free_of(limit: Path, used: Path, details: Path) -> float:
    """Files that nobody has read lately do not count: the kernel takes their pages back first."""
    try:
        most = limit.read_text(encoding="ascii").strip()
        if most == "max" or int(most) >= _UNLIMITED or int(most) == 0:
            return 1.0
        stat = dict(line.split() for line in details.read_text(encoding="ascii").splitlines())
        idle = int(stat.get("total_inactive_file", stat.get("inactive_file", "0")))
        return 1 - (int(used.read_text(encoding="ascii")) - idle) / int(most)
    except (OSError, ValueError):
        return 1.0
