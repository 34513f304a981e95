"""What the modelled box says of flows, in the layout of the devices."""

from nf.cli.operate.render.flow import cp_summary, np_cache, statistics, status

PIC = {"fpc": 0, "pic": 1, "sessions": 3, "received": 60, "transmitted": 10, "copied": 45, "dropped": 5, "offloaded": 7}


def test_packets_of_one_pic() -> None:
    assert statistics({"pics": [PIC]}, {})[:7] == [
        "    Current sessions: 3", "    Packets received: 60", "    Packets transmitted: 10",
        "    Packets forwarded/queued: 0", "    Packets copied: 45", "    Packets dropped: 5",
        "    Services-offload packets processed: 7"]


def test_packets_of_several_and_their_sum() -> None:
    lines = statistics({"pics": [PIC, {**PIC, "pic": 2}]}, {})
    assert lines[0] == "Flow Statistics of FPC0 PIC1:"
    assert lines[lines.index("Flow Statistics Summary:") + 2] == "    Packets received: 120"


def test_how_sessions_are_spread() -> None:
    off = {"max-sessions": 0.0, "timeout": 4.0}
    lines = status({"distribution": "hash_based", "tracing": False, "drop-flow": off}, {})
    assert "    Distribution mode: Hash-based" in lines
    assert lines[-1] == "  Drop-flow: Disabled"


def test_what_is_remembered_of_denied_flows() -> None:
    on = {"max-sessions": 10.0, "timeout": 4.0}
    assert status({"distribution": "hash_based", "tracing": False, "drop-flow": on}, {})[-3:] == [
        "  Drop-flow: Enabled", "    Max sessions: 10%", "    Timeout: 4 seconds"]


def test_the_central_point() -> None:
    pic = {"fpc": 0, "pic": 0, "valid": 2, "pending": 1, "invalidated": 0, "total": 3, "maximum": 80, "maximum-inet6": 40}
    assert cp_summary({"pics": [pic]}, {})[2:] == [
        "Valid sessions: 2", "Pending sessions: 1", "Invalidated sessions: 0", "Sessions in other states: 0",
        "Total sessions: 3", "Maximum sessions: 80", "Maximum inet6 sessions: 40"]
    assert cp_summary({"pics": []}, {}) == ["This platform has no central point of its own."]


def test_wings() -> None:
    assert np_cache({"wings": 1_083_800, "capacity": 20_971_520}, {}) == [
        "NP-cache/services-offload Wings: 1083800", "NP-cache Capacity: 20971520", "NP-cache Usage: 5%"]
