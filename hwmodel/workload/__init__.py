"""Workloads: who opens sessions, how often, how long they live and how much they carry.

In: TOML files, shipped or the operator's own. Out: facts, and `draw`, which turns them and a seed into sessions. What
really happened (a capture, a session log) comes as sessions at once, without a workload.
"""

from hwmodel.workload.draw import draw
from hwmodel.workload.facts import RateState, SizeClass, Spread, Workload
from hwmodel.workload.read import WorkloadError, available, load_workload

__all__ = [
    "RateState",
    "SizeClass",
    "Spread",
    "Workload",
    "WorkloadError",
    "available",
    "draw",
    "load_workload",
]
