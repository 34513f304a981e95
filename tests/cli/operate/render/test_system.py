"""What a device says of itself."""

from nf.cli.operate.render.system import configuration, nothing, processes, uptime, version

CURLY = "system {\n    host-name srx1;\n}\n"


def test_configuration_in_both_forms() -> None:
    assert configuration({"text": CURLY}, {}) == CURLY.splitlines()
    assert configuration({"text": CURLY}, {"set": True}) == ["set system host-name srx1"]
    assert configuration({"text": "set system host-name srx1\n"}, {}) == CURLY.splitlines()


def test_a_text_that_cannot_be_read_stays_as_it_is() -> None:
    assert configuration({"text": "nonsense {\n"}, {}) == ["nonsense {"]


def test_the_others() -> None:
    lines = version({"host-name": "srx1", "platform": "vsrx", "srxnf": "1", "python": "3", "openssl": "OpenSSL 3.5 x",
                     "configuration-digest": "ab"}, {})
    assert lines[0] == "Hostname: srx1"
    assert "OpenSSL: 3.5 x" in lines
    assert uptime({"now": 1_700_000_000.5, "uptime": 3600.2}, {}) == [
        "Current time: 2023-11-14 22:13:20 UTC", "System booted: 2023-11-14 21:13:20 UTC (1:00:00 ago)"]
    worker = {"worker": 0, "pid": 77, "alive": False, "pics": [{"fpc": 0, "pic": 1}]}
    assert processes({"workers": [worker]}, {}) == ["worker 0  pid      77  down   fpc 0 pic 1"]
    assert nothing({}, {}) == []
