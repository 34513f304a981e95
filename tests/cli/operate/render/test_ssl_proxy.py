"""What the SSL proxy says of itself."""

from nf.cli.operate.render.ssl_proxy import (
    counters,
    counters_data,
    droplogs,
    droplogs_data,
    statistics,
    statistics_data,
    status,
    status_data,
)
from nf.dataplane.ssl_answers import SSL_PROXY_COUNTERS

PLACE = {"fpc": 1, "pic": 1}
STATE = {
    "proxy-activation": "Only if interested svcs configured", "local-logging": True, "pkid-link-status": True,
    "deferred-profile-selection": True, "cert-cache-activated": True, "invalidate-cert-cache-on-crl-update": False,
    "strip-h2": "Disabled", "grades": {"fp": "A"}, "key-log": "", "faults": [], "tracing": "",
    "log-lines-lost": {},
    "pics": [{**PLACE, "also": [{"fpc": 1, "pic": 2}], "certificate": {"limit": 1024, "entries": 3},
              "session": {"limit": 16384, "entries": 7}}]}


def test_statistics_have_the_labels_and_the_order_of_the_devices() -> None:
    pic = {**PLACE, "counters": {name: number for number, name in enumerate(SSL_PROXY_COUNTERS)}}
    lines = statistics({"pics": [pic]}, {})
    assert lines[0] == "PIC:spu-5 fpc[1] pic[1] ------"
    pairs = [line.strip().rsplit(maxsplit=1) for line in lines[1:]]
    assert pairs == [[label, str(number)] for number, label in enumerate((
        "sessions matched", "sessions bypassed:non-ssl", "sessions bypassed:mem overflow",
        "sessions bypassed:low memory",
        "sessions created", "sessions ignored", "sessions active", "sessions dropped", "sessions whitelisted",
        "whitelisted url category match", "default profile hit", "session dropped no default profile",
        "policy hit no profile configured"))]
    assert lines[1] == "    sessions matched                          0"


def test_statistics_as_data_have_the_names_of_the_devices() -> None:
    pic = {**PLACE, "counters": {name: number for number, name in enumerate(SSL_PROXY_COUNTERS)}}
    block, = statistics_data({"pics": [pic]}, {})["ssl-statistics"]["ssl-statistics-pic"]
    assert list(block.items()) == [("ssl-statistics-pic-info", "spu-5 fpc[1] pic[1]"), *(
        (f"ssl-statistics-{name}", number) for number, name in enumerate((
            "sessions-matched", "sessions-bypassed-non-ssl", "sessions-bypassed-mem-overflow",
            "sessions-bypassed-low-memory", "sessions-created", "sessions-ignored", "sessions-active", "sessions-dropped",
            "sessions-whitelisted", "whitelisted-url-category-match", "sessions-default-profile-hit",
            "sessions-dropped-no-default-profile", "sessions-policy-hit-no-profile-configured"))),
        ("ssl-statistics-sessions-potential-policy-conflict", 10 + 11)]


def test_counters_are_errors_or_info() -> None:
    names = ("decrypted", "dropped: server-authentication-failed", "bypassed: whitelisted", "failed-handshakes")
    answer = {"pics": [{**PLACE, "counters": dict.fromkeys(names, 2)}]}
    assert [line.split()[0] for line in counters(answer, {})[1:]] == ["decrypted", "dropped:", "bypassed:", "failed-handshakes"]
    assert [line.split()[0] for line in counters(answer, {"kind": "errors"})[1:]] == ["dropped:", "failed-handshakes"]
    assert [line.split()[0] for line in counters(answer, {"kind": "info"})[1:]] == ["decrypted", "bypassed:"]
    block, = counters_data(answer, {"kind": "errors"})["ssl-counters"]["ssl-counters-pic"]
    assert block["ssl-counters-entry"][0] == {
        "ssl-counters-name": "dropped: server-authentication-failed", "ssl-counters-value": 2}


def test_sessions_that_no_spu_has_taken_are_errors_of_the_central_point() -> None:
    answer = {"pics": [{**PLACE, "counters": {"decrypted": 1}}], "central-point": {"refused: session table full": 2}}
    assert counters(answer, {"kind": "errors"})[-2:] == [
        "Central point ------", "    refused: session table full               2"]
    assert counters(answer, {"kind": "info"})[-1].split() == ["decrypted", "1"]
    assert counters_data(answer, {})["central-point"] == {"refused: session table full": 2}


def test_status_has_the_order_of_the_devices() -> None:
    lines = status(STATE, {})
    assert lines[0] == "PIC:spu-5 fpc[1] pic[1], spu-6 fpc[1] pic[2] ------"
    found = [tuple(line.split(maxsplit=1)) for line in lines[1:lines.index("")]]
    assert found == [
        ("one-crypto", "disable"), ("async-crypto", "disable"),
        ("proxy-activation", "Only if interested svcs configured"), ("force-enable-jdpi-service", "disable"),
        ("local-logging", "enable"), ("sslfp-pkid-link-status", "UP"), ("deferred-profile-selection", "Enabled"),
        ("cert-cache-activated", "yes"), ("invalidate-cert-cache-on-crl-update", "Disabled"),
        ("max-cert-cache-nodes", "1024"), ("cert-nodes-in-use", "3"), ("sess-cache-activated", "Activated"),
        ("max-sess-cache-nodes", "16384"), ("sess-nodes-in-use", "7"), ("alpn-extension-support", "Enabled"),
        ("strip-h2-alpn-extension", "Disabled")]
    block, = status_data(STATE, {})["ssl-status"]["ssl-status-pic"]
    assert list(block)[1:] == [f"ssl-status-{name}" for name, _ in found]
    assert block["ssl-status-cert-cache-activated"] == "yes"


def test_status_says_loudly_that_keys_are_written() -> None:
    assert not any("WARNING" in line for line in status(STATE, {}))
    lines = status({**STATE, "key-log": "keys.log", "tracing": "/var/log/ssl_trace"}, {})
    assert lines[-2].split() == ["traces", "go", "to", "/var/log/ssl_trace"]
    assert lines[-1].startswith("WARNING: ")
    assert "keys.log" in lines[-1]


def test_status_says_what_is_made_to_fail() -> None:
    failing = {**STATE, "faults": ["low-memory: memory is short"]}
    assert status(failing, {})[-1] == "WARNING: made to fail by --fault low-memory: memory is short"
    assert status_data(failing, {})["faults"] == ["low-memory: memory is short"]


def test_status_says_that_log_lines_are_lost() -> None:
    lossy = {**STATE, "log-lines-lost": {"/dev/full": 3}}
    assert status(lossy, {})[-1] == "WARNING: 3 log lines lost: /dev/full"
    assert status_data(lossy, {})["log-lines-lost"] == [{"output": "/dev/full", "lines": 3}]


def test_dropped_sessions() -> None:
    drop = {"time": 1700000000.5, "session-id": 23, "profile": "fp", "reason": "handshake-timeout",
            "source-address": "192.0.2.10", "source-port": 35090, "destination-address": "2001:db8::5", "destination-port": 443}
    answer = {"pics": [{**PLACE, "drops": [drop]}]}
    text = "Nov 14 22:13:20 UTC session 23 <192.0.2.10/35090->2001:db8::5/443> fp dropped: handshake-timeout"
    assert droplogs(answer, {}) == ["PIC:spu-5 fpc[1] pic[1] ------", f"    {text}"]
    block, = droplogs_data(answer, {})["ssl-droplog"]["ssl-droplog-pic"]
    assert block == {"ssl-droplog-pic-info": "spu-5 fpc[1] pic[1]", "ssl-droplog-msg": [text]}
