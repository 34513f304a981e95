"""What is kept, and how often it served."""

from nf.cli.operate.render.ssl_caches import cleared, entries, entries_data, learned, statistics, statistics_data

PICS = [{"fpc": 1, "pic": 0, "also": []}, {"fpc": 1, "pic": 1, "also": []}]
ENTRY = {"fpc": 1, "pic": 0, "cache-key": "00ff", "serial-number": "01", "init-profile-id": 65537, "num-of-crl-update": 0,
         "expires-in": 552.4, "subject": "/CN=www.example.test", "issuer": "/CN=ca", "init-profile": "fp", "cert-ref-count": 2,
         "interdicted-cert-type": "[0x1]: CA issued, Authentication Successful", "server-cert-verification-result": "ok [0x0]"}
SESSION = {"fpc": 1, "pic": 1, "dest-ip": "203.0.113.5", "dest-port": 443, "server-name-extn-name": "www.example.test",
           "server-cert-chain-hash": "00ff", "expires-in": 3, "term-profile-id": 65536, "init-profile-id": 65537,
           "init-profile": "fp"}
ANSWER = {"pics": PICS, "entries": [ENTRY, {**ENTRY, "expires-in": 0.0}]}


def test_entries_in_brief_and_in_detail() -> None:
    lines = entries(ANSWER, {"kind": "detail"})
    assert lines[0] == "PIC:spu-4 fpc[1] pic[0] ------"
    assert [line.split(maxsplit=1) for line in lines[1:13]] == [
        ["cache-entry", "1"], ["cache-key", "00ff"], ["serial-number", "01"], ["init-profile-id", "65537"],
        ["num-of-crl-update", "0"], ["status", "Active: Time to expire 552 seconds"],
        ["interdicted-cert-type", "[0x1]: CA issued, Authentication Successful"],
        ["server-cert-verification-result", "ok [0x0]"],
        ["cert-ref-count", "2"], ["subject", "/CN=www.example.test"], ["issuer", "/CN=ca"], ["init-profile", "fp"]]
    assert sum("Already Expired" in line for line in lines) == 1
    assert lines[-3:] == ["    Total entries: 2", "PIC:spu-5 fpc[1] pic[1] ------", "    Total entries: 0"]
    brief = entries(ANSWER, {"kind": "summary"})
    assert any("cache-key" in line for line in brief)
    assert not any("subject" in line or "status" in line for line in brief)
    first, second = entries_data(ANSWER, {"kind": "detail"})["ssl-cache"]["ssl-cache-pic"]
    assert first["ssl-cache-entry"][0]["ssl-cache-subject"] == "/CN=www.example.test"
    assert second["ssl-cache-entry"] == []


def test_sessions_have_names_of_their_own() -> None:
    lines = entries({"pics": PICS, "entries": [SESSION]}, {"kind": "detail"})
    assert [line.split(maxsplit=1) for line in lines[3:12]] == [
        ["hash-entry", "1"], ["status", "Active: Time to expire 3 seconds"], ["dest-ip", "203.0.113.5"], ["dest-port", "443"],
        ["term-profile-id", "65536"], ["init-profile-id", "65537"], ["server-name-extn-len", "16"],
        ["server-name-extn-name", "www.example.test"], ["server-cert-chain-hash", "00ff"]]


def test_statistics() -> None:
    counters = {"hits": 5, "misses": 1, "full": 0, "entries": 2, "limit": 1024}
    lines = statistics({"pics": [{**PICS[0], "counters": counters}]}, {})
    assert [line.split() for line in lines[1:]] == [
        ["hit", "5"], ["miss", "1"], ["activation-flr", "0"], ["full", "0"], ["entries", "2"], ["limit", "1024"]]
    block, = statistics_data({"pics": [{**PICS[0], "counters": counters}]}, {})["ssl-cache-statistics"][
        "ssl-cache-statistics-pic"]
    assert block["ssl-cache-hit"] == 5


def test_cleared() -> None:
    assert cleared({"cleared": 3}, {}) == ["3 entries cleared"]


def test_learned_bypass_is_marked_as_ours() -> None:
    entry = {"client": "192.0.2.1", "server": "203.0.113.5", "port": 443, "server_name": "pinned.example.test", "profile": "fp",
             "cause": "learned-bypass", "count": 3, "expires_in": 59.6}
    assert learned({"entries": [entry]}, {}) == [
        "Learned bypass (ours):",
        "    192.0.2.1 -> 203.0.113.5/443 (pinned.example.test) fp learned-bypass, seen 3, 60 seconds left",
        "    Total entries: 1"]
