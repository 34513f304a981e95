"""Sessions in the layout of the devices."""

from typing import Any

from nf.cli.operate.render.sessions import cleared, sessions, summary

ROW: dict[str, Any] = {
    "session-id": 3728, "policy-name": "P", "policy-index": 5, "timeout": 1796.4, "maximum-timeout": 1800.0,
    "session-state": "Valid", "source-address": "192.0.2.10", "source-port": 57246,
    "destination-address": "203.0.113.5",
    "destination-port": 443, "protocol": 6, "source-interface": "ge-0/0/0.0", "destination-interface": "ge-0/0/1.0",
    "source-zone-name": "trust", "destination-zone-name": "untrust", "packets-from-client": 12,
    "bytes-from-client": 1345,
    "packets-from-server": 10, "bytes-from-server": 4971, "application": "HTTP", "encrypted": "Yes", "profile": "fp",
    "proxy-state": "relaying", "decrypted": True, "decrypted-bytes": 900, "reason": "",
    "server-name": "www.example.test",
    "ssl-t": {"version": "TLSv1.3", "cipher": "TLS_AES_128_GCM_SHA256", "alpn": "h2",
              "group": "x25519", "resumed": True},
    "ssl-i": {"version": "TLSv1.2", "cipher": "ECDHE-RSA-AES128-GCM-SHA256", "alpn": "",
              "group": "", "resumed": False}, "grade": "A", "renegotiations": 0, "fpc": 0, "pic": 0,
    "start": 60.2, "logical-system": "root-logical-system",
    "age": 3.6}
ONE, TWO = {"fpc": 0, "pic": 0}, {"fpc": 1, "pic": 1}


def test_brief() -> None:
    assert sessions({"sessions": [ROW], "pics": [ONE]}, {}) == [
        "Session ID: 3728, Policy name: P/5, Timeout: 1796, Session State: Valid",
        "  In: 192.0.2.10/57246 --> 203.0.113.5/443;tcp, Conn Tag: 0x0, If: ge-0/0/0.0, Pkts: 12, Bytes: 1345, ",
        "  Out: 203.0.113.5/443 --> 192.0.2.10/57246;tcp, Conn Tag: 0x0, If: ge-0/0/1.0, Pkts: 10, Bytes: 4971, ",
        "Total sessions: 1"]


def test_another_systems_sessions_say_so() -> None:
    inner = {**ROW, "logical-system": "one"}
    for given in ({}, {"extensive": True}):
        assert "  Logical system: one" in sessions({"sessions": [inner], "pics": [ONE]}, given)
        assert not any("system" in line for line in sessions({"sessions": [ROW], "pics": [ONE]}, given))


def test_several_pics_each_for_itself() -> None:
    lines = list(sessions({"sessions": [{**ROW, **TWO}], "pics": [ONE, TWO]}, {}))
    assert lines[:4] == ["Flow Sessions on FPC0 PIC0:", "Total sessions: 0", "", "Flow Sessions on FPC1 PIC1:"]
    assert lines[-1] == "Total sessions: 1"


def test_extensive_shows_both_tls_ends() -> None:
    lines = sessions({"sessions": [ROW], "pics": [ONE]}, {"extensive": True})
    for line in ("Dynamic application: junos:HTTP", "Encryption:  Yes", "SSL proxy: fp, decrypted, state: relaying",
                 "  Server name: www.example.test",
                 "  SSL-T: TLSv1.3, TLS_AES_128_GCM_SHA256, ALPN: h2, group: x25519, resumed: yes",
                 "  SSL-I: TLSv1.2, ECDHE-RSA-AES128-GCM-SHA256, ALPN: none, group: none, resumed: no",
                 "  Grade: A, renegotiations: 0", "  Decrypted bytes: 900",
                 "Maximum timeout: 1800, Current timeout: 1796", "Start time: 60, Duration: 4"):
        assert line in lines


def test_extensive_says_why_a_session_is_not_decrypted() -> None:
    row = {**ROW, "decrypted": False, "reason": "no-interested-service", "ssl-t": None, "ssl-i": None,
           "server-name": "", "grade": "",
           "application": "", "encrypted": "UNKNOWN", "maximum-timeout": None, "timeout": None}
    lines = sessions({"sessions": [row], "pics": [ONE]}, {"extensive": True})
    for line in ("SSL proxy: fp, not decrypted, reason: no-interested-service, state: relaying", "Encryption:  Unknown",
                 "Dynamic application: junos:UNKNOWN", "Maximum timeout: never, Current timeout: never"):
        assert line in lines
    assert "SSL proxy: none, reason: no-interested-service" in sessions(
        {"sessions": [{**row, "profile": ""}], "pics": [ONE]}, {"extensive": True})


def test_extensive_tells_what_each_service_does() -> None:
    busy = {"name": "web_filtering", "state": "holds", "bytes": 80, "microseconds": 120, "asks": 2, "waited-ms": 15,
            "held-ms": 20}
    idle = {**busy, "name": "apptrack", "state": "watches", "asks": 0, "waited-ms": 0, "held-ms": 0}
    lines = sessions({"sessions": [{**ROW, "services": [busy, idle]}], "pics": [ONE]}, {"extensive": True})
    assert "Service: web-filtering, holds, bytes: 80, CPU: 120 us, held: 20 ms, asked: 2, waited: 15 ms" in lines
    assert "Service: apptrack, watches, bytes: 80, CPU: 120 us" in lines


def test_a_session_that_the_first_path_has_not_seen_yet() -> None:
    row = {**ROW, "policy-name": "", "session-state": "Pending"}
    assert sessions({"sessions": [row], "pics": [ONE]}, {})[0] == (
        "Session ID: 3728, Policy name: N/A, Timeout: 1796, Session State: Pending")


def test_summary() -> None:
    pic = {**ONE, "valid": 3230, "pending": 1, "invalidated": 449, "in-use": 3680, "maximum": 4194304, "failed": 2,
           "offloaded": 5, "drop-flows": 4}
    lines = summary({"pics": [pic]}, {})
    assert lines == [
        "Unicast-sessions: 3680", "Multicast-sessions: 0", "Services-offload-sessions: 5", "Failed-sessions: 2",
        "Sessions-in-drop-flow: 4", "Sessions-in-use: 3680", "  Valid sessions: 3230", "  Pending sessions: 1",
        "  Invalidated sessions: 449", "  Sessions in other states: 0", "Maximum-sessions: 4194304"]
    assert list(summary({"pics": [pic, pic]}, {})).count("Flow Sessions on FPC0 PIC0:") == 2


def test_cleared() -> None:
    assert cleared({"cleared": 3}, {}) == ["3 active sessions cleared"]
