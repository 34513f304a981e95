"""Statements under `chassis cluster` to what both nodes go by."""

import re
from collections.abc import Iterator

from nf.config.errors import Findings
from nf.config.tree import Statement
from nf.policy.chassis_cluster import DATA_PLANE, ChassisCluster, RedundancyGroup
from nf.policy.zones import ZoneMap

_MILLISECONDS = 1000


def chassis_cluster(root: Statement, zones: ZoneMap, findings: Findings) -> ChassisCluster:
    """The cluster; one that is not configured has nodes of equal priority."""
    place = root.one("chassis", "cluster")
    if place is None:
        return ChassisCluster()
    groups = dict(_groups(place, findings))
    count = place.number("reth-count") or 0
    _note_reths(place, count, zones, findings)
    interval, threshold = place.number("heartbeat-interval"), place.number("heartbeat-threshold")
    for word, value in (("heartbeat-interval", interval), ("heartbeat-threshold", threshold)):
        if value == 0:
            findings.wrong(place.one(word) or place, "0", "expected 1 or more")
    return ChassisCluster(groups, count, (interval or _MILLISECONDS) / _MILLISECONDS, threshold or ChassisCluster().threshold)


def _groups(place: Statement, findings: Findings) -> Iterator[tuple[int, RedundancyGroup]]:
    for entry in place.all("redundancy-group"):
        number = int(entry.name)
        if number > DATA_PLANE:
            findings.remark(entry, f"chassis cluster redundancy-group {number}",
                            f"elects a primary node that gets no traffic: all interfaces are in group {DATA_PLANE}")
        priorities = {int(node.name): node.number("priority") or 1 for node in entry.all("node")}
        yield number, RedundancyGroup(priorities, entry.has("preempt"), entry.number("preempt", "delay") or 0)


def _note_reths(place: Statement, count: int, zones: ZoneMap, findings: Findings) -> None:
    for name in sorted(name for zone in zones.zones.values() for name in zone.interfaces):
        reth = re.match(r"reth(\d+)\.", name)
        if reth and int(reth[1]) >= count:
            findings.remark(place, f"interfaces {name.partition('.')[0]}", f"is beyond 'chassis cluster reth-count {count}': "
                            "a device has no such interface")
