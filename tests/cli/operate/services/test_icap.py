from nf.cli.operate.services.icap import statistics, status

ROW = {"profile": "P", "server": "S", "address": "192.0.2.1:1344", "tls": False, "state": "up", "failure": "", "services": [
    {"method": "REQMOD", "istag": "CI-1", "preview": 1024, "allow": ["204", "206"], "expires_in": 3599}]}
DOWN = {**ROW, "state": "down", "failure": "cannot be reached", "services": []}


def test_statistics_by_profile_and_server() -> None:
    lines = statistics({"counters": {"P": {"S": {"REQMOD": 3, "fallback permit": 1}}}}, {})
    assert lines[:2] == ["ICAP redirect profile: P", "  Server: S"]
    assert [line.split()[-1] for line in lines if "REQMOD" in line or "by fallback:" in line] == ["3", "1"]
    assert statistics({"counters": {}}, {}) == ["No message has been redirected."]


def test_status_joins_what_workers_know() -> None:
    assert status({"servers": [ROW, DOWN]}, {}) == [
        "ICAP redirect profile: P, server: S",
        "    Address:                192.0.2.1:1344",
        "    State:                  Up (1 of 2 workers: cannot be reached)",
        "    REQMOD:                 preview 1024 bytes, allows 204, 206, ISTag CI-1, options for 3599 seconds"]
    assert "    State:                  Down (1 of 1 workers: cannot be reached)" in status({"servers": [DOWN]}, {})
    assert status({"servers": []}, {}) == ["No profile is configured."]
