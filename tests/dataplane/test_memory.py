"""Memory is low when the machine's, or that of any control group around the process, is nearly used up."""

from pathlib import Path

import pytest

from nf.dataplane.memory import INTERVAL, MemoryGauge


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def machine(root: Path, available: int = 500) -> None:
    (root / "proc/self").mkdir(parents=True, exist_ok=True)
    (root / "proc/meminfo").write_text(f"MemTotal:       1000 kB\nMemFree:         10 kB\nMemAvailable:    {available} kB\n")
    (root / "proc/self/cgroup").write_text("4:memory:/outer/inner\n0::/outer/inner\n")


def group(root: Path, where: str, limit: str, used: int, idle: int = 0, version: int = 2) -> None:
    folder = root / "sys/fs/cgroup" / ("memory" if version == 1 else "") / where
    folder.mkdir(parents=True, exist_ok=True)
    names = ("memory.limit_in_bytes", "memory.usage_in_bytes") if version == 1 else ("memory.max", "memory.current")
    (folder / names[0]).write_text(f"{limit}\n")
    (folder / names[1]).write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 1\n{'total_' if version == 1 else ''}inactive_file {idle}\n")


@pytest.mark.parametrize(("available", "low"), [(500, False), (50, False), (49, True)])
def test_of_the_machine(tmp_path: Path, available: int, low: bool) -> None:
    machine(tmp_path, available)
    assert MemoryGauge(tmp_path).is_low is low


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(("limit", "used", "idle", "low"), [
    ("1000", 940, 0, False), ("1000", 960, 0, True), ("1000", 960, 20, False), ("max", 960, 0, False),
    ("9223372036854771712", 960, 0, False), ("nonsense", 960, 0, False)])
def test_of_the_control_group(tmp_path: Path, version: int, limit: str, used: int, idle: int, low: bool) -> None:
    machine(tmp_path)
    group(tmp_path, "outer/inner", limit, used, idle, version)
    assert MemoryGauge(tmp_path).is_low is low


def test_of_the_group_around_it(tmp_path: Path) -> None:
    machine(tmp_path)
    group(tmp_path, "outer/inner", "max", 990)
    group(tmp_path, "outer", "1000", 990)
    assert MemoryGauge(tmp_path).is_low


def test_it_looks_once_a_second(tmp_path: Path) -> None:
    clock = Clock()
    machine(tmp_path)
    gauge = MemoryGauge(tmp_path, clock)
    assert not gauge.is_low
    machine(tmp_path, available=1)
    assert not gauge.is_low
    clock.now += INTERVAL
    assert gauge.is_low


def test_where_nothing_can_be_read_there_is_enough(tmp_path: Path) -> None:
    assert not MemoryGauge(tmp_path).is_low


def test_this_machine_has_some_left() -> None:
    assert 0 < MemoryGauge()._free() <= 1
