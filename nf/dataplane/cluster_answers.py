"""`show chassis cluster …` and `request chassis cluster …` on a node of one."""

from collections.abc import Mapping
from typing import Any

from nf.dataplane.cluster import Cluster
from nf.dataplane.device import Device
from nf.dataplane.fabric import carries
from nf.dataplane.selection import RequestError
from nf.policy.chassis_cluster import DATA_PLANE, NODES
from nf.policy.redundancy import NO_NODE, Election, Role, Said

_LOST = Said(Role.LOST, 0)


def status(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Each redundancy group with its nodes; of the other node what it said last, and no faults: it alone knows them."""
    cluster = _of(device)
    return {"cluster-id": cluster.fabric.cluster, "node": cluster.node, "primary": cluster.primary, "copies": cluster.copies,
            "groups": [{"group": number, "failovers": election.failovers,
                        "nodes": [_node(cluster, election, node) for node in NODES]}
                       for number, election in cluster.elections.items()]}


def _node(cluster: Cluster, election: Election, node: int) -> Mapping[str, Any]:
    own = node == cluster.node
    said = election.own if own else election.other or _LOST
    return {"node": node, "priority": said.priority, "status": said.role.word, "preempt": election.group.preempt,
            "manual": election.own.manual == node, "faults": list(cluster.faults) if own else None}


def interfaces(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fabric link, which is the control link too, and the node's legs."""
    cluster = _of(device)
    return {"fabric": {"device": cluster.fabric.device, "up": cluster.fabric.up},
            "redundant": [{"name": name, "up": carries(leg), "group": DATA_PLANE} for leg, name in cluster.legs.items()]}


def statistics(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """Heartbeats, and RTOs by service."""
    cluster = _of(device)
    counted = cluster.fabric.counters
    return {"heartbeats": {"sent": counted["HELLO sent"], "received": counted["HELLO received"],
                           "errors": counted["HELLO not sent"] + counted["of no use"]},
            "services": [{"service": service, "sent": sent, "received": received}
                         for service, (sent, received) in cluster.rtos.items()],
            "counters": dict(cluster.counters)}


def information(device: Device, _: Mapping[str, Any]) -> Mapping[str, Any]:
    """What this node has been in each group, and why that changed."""
    cluster = _of(device)
    return {"node": cluster.node, "groups": [
        {"group": number, "status": election.own.role.word, "changes": [
            {"at": change.at, "from": change.before.word, "to": change.after.word, "reason": change.reason}
            for change in cluster.changes if change.group == number]}
        for number, election in cluster.elections.items()]}


def failover(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Have a node become primary in a group, until `reset`."""
    cluster, group, node = _of(device), _group(device, request), request.get("node")
    if node not in NODES:
        raise RequestError(f"node {node!r}: expected 0 or 1")
    if cluster.elections[group].own.manual != NO_NODE:
        raise RequestError(f"redundancy group {group} has had a manual failover already: reset it first")
    cluster.choose(group, node)
    return {"node": node, "group": group}


def reset(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take a manual failover back; the nodes stay what they are, unless the better one may preempt."""
    cluster, group = _of(device), _group(device, request)
    cluster.choose(group, NO_NODE)
    return {"node": cluster.node, "group": group}


def _of(device: Device) -> Cluster:
    if device.cluster is None:
        raise RequestError("this device is no node of a chassis cluster: it runs without --node and --fabric")
    return device.cluster


def _group(device: Device, request: Mapping[str, Any]) -> int:
    group = request.get("redundancy-group")
    known = _of(device).elections
    if not isinstance(group, int) or group not in known:
        raise RequestError(f"redundancy-group {group!r}: expected {' or '.join(map(str, known))}")
    return group
