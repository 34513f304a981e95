"""What operators see of applications, of the firewall and of routing by application."""

import pytest

from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.parse import parse
from nf.cli.operate.services import apbr as routing
from nf.cli.operate.services import appfw, apptrack
from nf.cli.operate.services import application_identification as shown
from nf.cli.operate.tree import PIPES, ROOT

ENTRY = {"logical-system": "root-logical-system", "address": "192.0.2.1", "port": 443, "application": "junos:HTTP",
         "nested-application": "junos:YOUTUBE", "encrypted": True}
OPTIONS = {"on": True, "security": False, "others": True, "timeout": 3600, "off": False, "byte-limit": 6000, "custom": 2}


@pytest.mark.parametrize("command", [
    "show services application-identification status", "show services application-identification group detail",
    "show services application-identification application summary",
    "show security application-firewall rule-set rs", "clear security application-firewall rule-set statistics all",
    "show security advance-policy-based-routing statistics", "show security application-tracking counters",
    "clear services application-identification statistics",
    "clear services application-identification counter ssl-encrypted-sessions"])
def test_the_commands_are_there(command: str) -> None:
    assert parse(command, ROOT, PIPES).ask.request


def test_each_server_of_the_cache_stands_once_though_all_workers_know_it() -> None:
    lines = shown.cache({"options": [OPTIONS, OPTIONS], "entries": [ENTRY, ENTRY]}, {})
    assert [line for line in lines if "YOUTUBE" in line] == [f"Application: {'HTTP:YOUTUBE':<39} Encrypted: Yes"]
    assert "    Cache lookup in security services: off" in lines
    assert "    Inspection limit, TCP: 6000 bytes" in shown.status({"options": [OPTIONS]}, {})


def test_sessions_are_added_up_by_application_and_by_group() -> None:
    rows = [{"application": name, "encrypted": encrypted, "sessions": 2, "bytes": 2048}
            for name, encrypted in (("junos:YOUTUBE", True), ("junos:YOUTUBE", False), ("junos:NETFLIX", True))]
    lines = [line.split() for line in shown.of_applications({"applications": rows}, {})]
    assert lines[1:] == [["NETFLIX", "2", "2", "Yes"], ["YOUTUBE", "4", "4", "Both"]]
    groups = [line.split() for line in shown.of_groups({"applications": rows}, {})]
    assert groups[1:] == [["junos:web", "6", "6", "Both"], ["junos:web:multimedia", "6", "6", "Both"]]


def test_applications_and_groups_that_are_known() -> None:
    assert "Category: Web" in shown.detail({}, {"application": "junos:YOUTUBE"})
    assert any("junos:YOUTUBE" in line for line in shown.groups({}, {"kind": "detail"}))
    with pytest.raises(OperatorError, match="no predefined application junos:YUTUBE"):
        shown.detail({}, {"application": "junos:YUTUBE"})


def test_rule_sets_and_how_often_they_decided() -> None:
    rule = {"applications": "junos:FTP", "encrypted": "any", "action": "deny", "matched": 3, "redirected": 1}
    answer = {"rule-sets": {"root rs": {"system": "root", "name": "rs", "rules": {"1": rule, "default-rule": rule}}}}
    lines = appfw.rule_sets(answer, {})
    assert lines[:5] == ["Rule-set: rs", "    Logical system: root", "    Rule: 1", "        Dynamic Applications: junos:FTP",
                         "        SSL-Encryption: any"]
    assert "    Default rule: deny" in lines
    with pytest.raises(OperatorError, match="no rule set other"):
        appfw.rule_sets(answer, {"rule-set": "other"})


def test_counters_are_there_even_where_nothing_was_counted() -> None:
    assert routing.statistics({"counters": {"midstream-rerouted": 4}}, {})[3].split()[-1] == "4"
    assert routing.profiles({"profiles": {}}, {}) == ["No profile is configured."]
    assert [line.split()[-1] for line in apptrack.counters({"close": 2}, {})[1:]] == ["0", "0", "2"]
