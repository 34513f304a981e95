"""What the modelled SPUs took, and what the processes that run them took: `show services srxnf cpu`."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from hwmodel import Work
from nf.dataplane.device import Device

_MICROSECONDS: Final = 1e6
_NANOSECONDS: Final = 1e9


def cpu(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Since each worker process began to run; `real` is None for a worker that is down."""
    charged = {status.spu: status for status in device.chassis.status(device.loop.now)}
    workers = []
    for member in device.crew.members:
        spus = [charged[spu] for spu, worker in device.worker_of.items() if worker == member.index]
        workers.append({
            "worker": member.index, "pid": member.pid, "alive": member.link is not None,
            "pics": [device.places[status.spu] for status in spus], "sessions": sum(status.created for status in spus),
            "modelled": sum(status.cpu_seconds for status in spus), "modelled-load": sum(status.load for status in spus),
            "work": asdict(sum((status.work for status in spus), Work())),
            "real": cpu_seconds(member.pid) if member.link is not None else None})
    costs, sessions = device.chassis.platform.costs, sum(status.created for status in charged.values())
    return {"platform": device.chassis.platform.name, "workers": workers,
            "accepts": sorted(member.index for member in device.lending.borrowers), "central-point": cpu_seconds("self"),
            "central-point-modelled": sessions * costs.central_point_us / _MICROSECONDS}


def cpu_seconds(pid: int | str, root: Path = Path("/proc")) -> float | None:
    """CPU time of a process's threads by the scheduler's clock; None where it is gone."""
    try:
        return sum(int(task.read_text(encoding="ascii").split()[0])
                   for task in (root / str(pid) / "task").glob("*/schedstat")) / _NANOSECONDS
    except (OSError, ValueError, IndexError):
        return None
