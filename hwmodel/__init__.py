"""The hardware of an SRX: I/O cards, network processors, the central point, SPUs, and how sessions spread over them.

In: packets and finished work, each with the time. Out: placements, and what every part is loaded with.
Knows five-tuples, wings, sessions and work; knows nothing of TLS, policies, sockets or clocks.
"""

from hwmodel.chassis import Chassis, FastPath, FirstPath, Placement, Refusal, Refused
from hwmodel.cluster import Cluster
from hwmodel.document import ModelError
from hwmodel.flow_settings import FlowSettings, SessionLimit
from hwmodel.platform import Platform, PlatformError, available, load_platform
from hwmodel.report import Report
from hwmodel.simulate import simulate
from hwmodel.spu import SpuHistory, SpuStatus
from hwmodel.work import CostTable, Work
from hwmodel.workload import Workload, WorkloadError, load_workload

__all__ = [
    "Chassis",
    "Cluster",
    "CostTable",
    "FastPath",
    "FirstPath",
    "FlowSettings",
    "ModelError",
    "Placement",
    "Platform",
    "PlatformError",
    "Refusal",
    "Refused",
    "Report",
    "SessionLimit",
    "SpuHistory",
    "SpuStatus",
    "Work",
    "Workload",
    "WorkloadError",
    "available",
    "load_platform",
    "load_workload",
    "simulate",
]
