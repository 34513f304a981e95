"""`show chassis cluster …`, in the device's layout."""

from collections.abc import Sequence
from datetime import datetime

from nf.cli.operate.grammar import Answer, Given

_CODES = (  # all that the device prints; IF and SP can be seen here
    ("CS", "Cold Sync monitoring", "FL", "Fabric Connection monitoring"),
    ("GR", "GRES monitoring", "HW", "Hardware monitoring"),
    ("IF", "Interface monitoring", "IP", "IP monitoring"),
    ("LB", "Loopback monitoring", "MB", "Mbuf monitoring"),
    ("NH", "Nexthop monitoring", "NP", "NPC monitoring"),
    ("SP", "SPU monitoring", "SM", "Schedule monitoring"),
    ("CF", "Config Sync monitoring", "RE", "Relinquish monitoring"),
    ("IS", "IRQ storm", "", ""))
_RULE = "-" * 74


def status(answer: Answer, _: Given) -> Sequence[str]:
    """Every redundancy group with both nodes."""
    lines = ["Monitor Failure codes:", *(f"    {a}  {text:<28}{b}  {other}".rstrip() for a, text, b, other in _CODES), "",
             f"Cluster ID: {answer['cluster-id']}", "Node   Priority Status               Preempt Manual   Monitor-failures"]
    for group in answer["groups"]:
        lines += ["", f"Redundancy group: {group['group']} , Failover count: {group['failovers']}"]
        for node in group["nodes"]:
            lost = node["status"] == "lost"
            preempt, manual = ("n/a" if lost else "yes" if node[what] else "no" for what in ("preempt", "manual"))
            faults = "n/a" if lost or node["faults"] is None else " ".join(node["faults"]) or "None"
            lines.append(f"node{node['node']}  {node['priority']:<8} {node['status']:<20} {preempt:<7} {manual:<8} {faults}")
    return lines


def interfaces(answer: Answer, _: Given) -> Sequence[str]:
    """The one link between the nodes, and the interfaces that move between them."""
    link = "Up" if answer["fabric"]["up"] else "Down"
    return [f"Control link status: {link}", "", f"Fabric link status: {link}", "", "Fabric interfaces:",
            "    Name         Status", f"    {answer['fabric']['device']:<12} {link}", "", "Redundant-ethernet Information:",
            "    Name         Status      Redundancy-group",
            *(f"    {each['name']:<12} {'Up' if each['up'] else 'Down':<11} {each['group']}" for each in answer["redundant"])]


def statistics(answer: Answer, _: Given) -> Sequence[str]:
    """Heartbeats and RTOs."""
    beats = answer["heartbeats"]
    return ["Control link statistics:", "    Control link 0:", f"        Heartbeat packets sent: {beats['sent']}",
            f"        Heartbeat packets received: {beats['received']}", f"        Heartbeat packet errors: {beats['errors']}",
            "Services Synchronized:", "    Service name                              RTOs sent    RTOs received",
            *(f"    {each['service']:<41} {each['sent']:<12} {each['received']}" for each in answer["services"])]


def information(answer: Answer, _: Given) -> Sequence[str]:
    """What this node has been."""
    lines = [f"node{answer['node']}:", _RULE, "Redundancy Group Information:"]
    for group in answer["groups"]:
        lines += ["", f"    Redundancy Group {group['group']} , Current State: {group['status']}", "",
                  "        Time            From                 To                   Reason"]
        lines += [f"        {datetime.fromtimestamp(each['at']).astimezone():%b %d %H:%M:%S} {each['from']:<20} "
                  f"{each['to']:<20} {each['reason']}" for each in group["changes"]]
    return lines


def initiated(answer: Answer, _: Given) -> Sequence[str]:
    """A manual failover has begun."""
    return [f"node{answer['node']}:", _RULE, f"Initiated manual failover for redundancy group {answer['group']}"]


def was_reset(answer: Answer, _: Given) -> Sequence[str]:
    """It was taken back."""
    return [f"node{answer['node']}:", _RULE, f"Successfully reset manual failover for redundancy group {answer['group']}"]
