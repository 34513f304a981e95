"""`security flow`, `forwarding-options` and screens as the chassis goes by them."""

import pytest

from hwmodel import FlowSettings, SessionLimit
from nf.config import ConfigError, load

ZONE = "set security zones security-zone "
SCREEN = "set security screen ids-option "


def test_without_a_statement_nothing_is_remembered_of_denied_flows() -> None:
    assert load("", "t").flow == FlowSettings(drop_flow_percent=0.0)


def test_watermarks_drop_flows_and_offload() -> None:
    found = load("""security {
    flow {
        aging { early-ageout 3; low-watermark 40; high-watermark 60; }
        drop-flow { max-sessions 5; timeout 30; }
        load-distribution { session-affinity { ipsec; } }
    }
    forwarding-options { services-offload { disable; } }
}""", "t").flow
    assert found == FlowSettings(early_ageout=3, low_watermark=40, high_watermark=60, drop_flow_percent=5,
                                 drop_flow_timeout=30, services_offload=False, session_affinity=True)
    assert load("set security flow drop-flow", "t").flow == FlowSettings()


def test_screens_limit_the_sessions_of_the_zones_that_name_them() -> None:
    found = load(f"{SCREEN}few limit-session source-ip-based 2 destination-ip-based 9\n{SCREEN}quiet alarm-without-drop\n"
                 f"{SCREEN}quiet limit-session source-ip-based 7\n{SCREEN}empty icmp large\n"
                 f"{ZONE}trust screen few\n{ZONE}dmz screen quiet\n{ZONE}lab screen empty\n{ZONE}untrust tcp-rst\n"
                 f"set logical-systems LS1 security screen ids-option own limit-session source-ip-based 5\n"
                 "set logical-systems LS1 security zones security-zone trust screen own", "t")
    assert found.flow.zone_limits == {
        "trust": SessionLimit(2, 9), "dmz": SessionLimit(7, drops=False), "LS1 trust": SessionLimit(5)}
    assert [warning.statement for warning in found.warnings] == ["security screen ids-option icmp"]


def test_newer_words_for_the_same() -> None:
    found = load(f"{SCREEN}few limit-session by-source maximum-sessions 7 session-rate 5\n"
                 f"{SCREEN}few limit-session destination-ip-based 9\n"
                 f"{SCREEN}few limit-session by-destination maximum-sessions 3\n"
                 f"{ZONE}trust screen few\nset security flow aging early-ageout 9\n"
                 "set security flow aging early-aging defaults cutoff-time seconds 4", "t")
    assert (found.flow.zone_limits, found.flow.early_ageout) == ({"trust": SessionLimit(7, 3)}, 4.0)
    assert [one.statement for one in found.warnings] == ["security screen ids-option limit-session by-source session-rate"]


@pytest.mark.parametrize(("text", "message"), [
    (f"{SCREEN}few description x\n{ZONE}trust screen fe", "t:2: 'fe': no such screen; did you mean 'few'?"),
    ("set security flow aging high-watermark 101", "t:1: '101': out of range, 0..100 is expected"),
    ("set security flow drop-flow timeout 1", "t:1: '1': out of range, 2..300 is expected"),
    (f"{SCREEN}few limit-session source-ip-based many", "t:1: 'many': a number is expected (0..4294967295)")])
def test_bad_words(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text, "t")
    assert str(caught.value) == message


def test_watermarks_the_wrong_way_round_are_remarked_on() -> None:
    warnings = load("set security flow aging low-watermark 80\nset security flow aging high-watermark 70", "t").warnings
    assert [(one.line, one.statement) for one in warnings] == [(1, "security flow aging")]


def test_a_time_wait_that_waits_for_nothing_is_remarked_on() -> None:
    said = "set security flow tcp-session time-wait-state "
    [warning] = load(said + "session-timeout 6", "t").warnings
    assert warning.message.startswith("sessions end with the second FIN here")
    assert not load(said + "apply-to-half-close-state", "t").warnings
