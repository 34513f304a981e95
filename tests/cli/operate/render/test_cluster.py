"""`show chassis cluster …`, as a device lays it out."""

from nf.cli.operate.render.cluster import information, interfaces, statistics, status

NODE0 = {"node": 0, "priority": 200, "status": "primary", "preempt": False, "manual": False, "faults": None}
NODE1 = {"node": 1, "priority": 255, "status": "secondary", "preempt": True, "manual": True, "faults": ["IF", "SP"]}
LOST = {"node": 0, "priority": 0, "status": "lost", "preempt": False, "manual": False, "faults": None}


def test_each_group_has_a_line_for_each_node() -> None:
    answer = {"cluster-id": 7, "groups": [{"group": 0, "failovers": 1, "nodes": [NODE0, NODE1]},
                                          {"group": 1, "failovers": 2, "nodes": [LOST, {**NODE1, "faults": []}]}]}
    lines = list(status(answer, {}))
    assert lines[1] == "    CS  Cold Sync monitoring        FL  Fabric Connection monitoring"
    assert lines[10:] == [
        "Cluster ID: 7",
        "Node   Priority Status               Preempt Manual   Monitor-failures",
        "", "Redundancy group: 0 , Failover count: 1",
        "node0  200      primary              no      no       n/a",
        "node1  255      secondary            yes     yes      IF SP",
        "", "Redundancy group: 1 , Failover count: 2",
        "node0  0        lost                 n/a     n/a      n/a",
        "node1  255      secondary            yes     yes      None"]


def test_links_interfaces_and_rtos() -> None:
    lines = interfaces({"fabric": {"device": "fab0", "up": False},
                        "redundant": [{"name": "reth0.0", "up": True, "group": 1}]}, {})
    assert (lines[0], lines[2]) == ("Control link status: Down", "Fabric link status: Down")
    assert lines[-1].split() == ["reth0.0", "Up", "1"]
    lines = statistics({"heartbeats": {"sent": 9, "received": 8, "errors": 1},
                        "services": [{"service": "Session create", "sent": 161, "received": 0}]}, {})
    assert [line.split()[-1] for line in lines[2:5]] == ["9", "8", "1"]
    assert lines[-1] == "    Session create                            161          0"


def test_what_a_node_has_been() -> None:
    change = {"at": 0.0, "from": "hold", "to": "primary", "reason": "the other node is not heard"}
    lines = information({"node": 1, "groups": [{"group": 0, "status": "primary", "changes": [change]}]}, {})
    assert (lines[0], lines[1]) == ("node1:", "-" * 74)
    assert lines[-1].endswith("hold                 primary              the other node is not heard")
