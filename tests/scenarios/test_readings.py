"""Readings of what programs print, from lines that they have printed."""

import json

import pytest

from scenarios import readings
from scenarios.readings import Ran
from scenarios.report_packets import Connection, Half, Side

FLOWS = """\
 cookie=0x52580a0b0c090002, duration=6.5s, table=2, n_packets=27, n_bytes=6214, idle_age=1, priority=4,tcp,tp_dst=443 \
actions=goto_table:4
 cookie=0x52580a0b0c000000, duration=6.5s, table=7, n_packets=0, n_bytes=0, priority=0 actions=drop
 cookie=0x0, duration=1.1s, table=0, n_packets=1, n_bytes=42, arp actions=output:1,output:2
"""


def test_flow_entries_with_and_without_match_and_priority() -> None:
    steer, miss, plain = readings.flow_entries("s1", FLOWS, lambda cookie: f"{cookie:x}"[-4:])
    assert (steer.table, steer.priority, steer.packets, steer.octets) == (2, 4, 27, 6214)
    assert (steer.match, steer.actions, steer.meaning) == ("tcp,tp_dst=443", "goto_table:4", "0002")
    assert (miss.table, miss.priority, miss.match, miss.actions) == (7, 0, "", "drop")
    assert (plain.priority, plain.match, plain.actions) == (32768, "arp", "output:1,output:2")


def test_a_line_that_is_still_being_written_does_not_count() -> None:
    assert readings.json_lines('{"a":1}\n\n{"a":2}\n{"a":') == ({"a": 1}, {"a": 2})


def test_access_log_lines_are_what_a_server_saw() -> None:
    (view,) = readings.access_log('{"origin":"www.example.test","port":"443","source":"10.0.0.1","request":"GET / HTTP/1.1",'
                                  '"protocol":"TLSv1.3","cipher":"TLS_AES_256_GCM_SHA384"}\n'.replace('"443"', "443"))
    assert (view.source, view.port, view.protocol) == ("10.0.0.1", 443, "TLSv1.3")


def test_the_answer_to_a_knock_and_what_a_breakdown_leaves() -> None:
    assert readings.quic("v", "client1", Ran(0, '{"text": "QUIC versions 1"}\n', "")).text == "QUIC versions 1"
    broken = readings.quic("v", "client1", Ran(1, "", "Traceback\nValueError: x\n"))
    assert (broken.exit, broken.error) == (1, "ValueError: x")


def test_connections_in_captures_are_their_ends() -> None:
    ends = ("2001:db8::1", 5), ("2001:db8::101", 443)
    inside, outside = (Half(side, "leg", *ends, ()) for side in Side)
    both, alone = readings.connections([Connection(inside, outside), Connection(inside)])
    assert (both.client, both.onward_server, both.kept) == ("2001:db8::1/5", "2001:db8::101/443", True)
    assert (alone.onward_client, alone.kept) == ("", False)


def test_a_curl_that_did_not_connect_has_an_error_and_nothing_else() -> None:
    view = readings.curl("v", "client1", Ran(28, '{"errormsg":"Connection timed out","http_version":"0","http_code":0}', ""))
    assert (view.exit, view.error, view.http, view.status, view.sha256) == (28, "Connection timed out", "", 0, "")


@pytest.mark.parametrize(("exit_status", "said", "error"), [
    (60, "SSL certificate verification failed", "SSL certificate verification failed: alert certificate expired"),
    (35, "sslv3 alert certificate expired", "sslv3 alert certificate expired"),
    (0, "", ""),
])
def test_the_alert_that_curl_does_not_name_is_added(exit_status: int, said: str, error: str) -> None:
    heard = ("* TLSv1.3 (OUT), TLS alert, unknown CA (560):\n* TLSv1.3 (IN), TLS alert, certificate expired (557):\n"
             "* TLSv1.3 (IN), TLS alert, close notify (256):\n")
    assert readings.curl("v", "client1", Ran(exit_status, json.dumps({"errormsg": said}), heard)).error == error


def test_of_several_requests_the_last_one_counts() -> None:
    out = '{"http_code":200,"errormsg":null}\n{"http_code":404,"errormsg":null}\n'
    assert readings.curl("v", "client1", Ran(0, out, "")).status == 404


def test_everything_that_is_wrong_with_a_certificate_is_told_once() -> None:
    said = "depth=0 CN = x\nverify error:num=20:none\nverify return:1\nverify error:num=20:none\nverify error:num=10:old\n"
    view = readings.s_client("v", "client1", Ran(0, "", said))
    assert view.error == "verify error:num=20:none; verify error:num=10:old"


def test_a_program_of_many_sessions_that_broke_down_says_why() -> None:
    view = readings.sessions("v", "client1", Ran(1, "", "Traceback\nOSError: no more\n"))
    assert (view.exit, view.error, view.text) == (1, "OSError: no more", "")


def test_a_curl_that_could_not_start_is_still_a_view() -> None:
    assert readings.curl("v", "client1", Ran(127, "", "mnexec: curl: not found")).exit == 127


def test_only_spus_that_run_flows_are_rows() -> None:
    cpu = {"fpc": 0, "cpu": 3, "sessions": 1, "created": 4, "failed": 0}
    central = {**cpu, "pic": 0, "max-sessions": 0, "worker": None}
    (row,) = readings.spu_rows({"spus": [central, {**cpu, "pic": 1, "max-sessions": 9, "worker": 1}]})
    assert (row.name, row.current, row.maximum, row.created, row.cpu, row.worker) == ("FPC 0 PIC 1", 1, 9, 4, 3, 1)


@pytest.mark.parametrize(("said", "resumed"), [
    ("{full}SSL connection using a\n", False),
    ("{full}SSL connection using a\n{full}SSL connection using a\n", False),
    ("{full}SSL connection using a\nSSL re-using session ID\nSSL connection using a\n", True),
    ("{full}SSL connection using a\nSSL re-using session ID\n{full}SSL connection using a\n", False),  # offered, not taken
    ("", False),
])
def test_a_resumed_session_is_one_without_a_certificate(said: str, resumed: bool) -> None:
    said = said.replace("{full}", "* TLSv1.3 (IN), TLS handshake, Certificate (11):\n")
    assert readings.curl("v", "client1", readings.Ran(0, "", said)).resumed is resumed
