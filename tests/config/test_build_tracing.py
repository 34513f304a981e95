"""`services ssl traceoptions`: what it says, in both forms, and what is wrong with it."""

from ipaddress import ip_address

import pytest

from nf.config import ConfigError, load
from nf.policy.tracing import PacketFilter, TraceFile, TraceOptions

WHOLE = """
services { ssl { traceoptions {
    file ssl_trace size 1m files 5 world-readable match "session 23";
    level extensive;
    flag proxy;
    flag selected-profile;
    packet-filter { source-ip 192.0.2.1; destination-port 443; }
    no-remote-trace;
} } }
"""


def test_everything_said() -> None:
    found = load(WHOLE, "x")
    assert found.tracing == TraceOptions(
        TraceFile("ssl_trace", "1m", 5, True, "session 23"), "extensive", frozenset({"proxy", "selected-profile"}),
        PacketFilter(source_ip=ip_address("192.0.2.1"), destination_port=443))
    assert [remark.message for remark in found.warnings] == [
        "traces nothing: no profile has enable-flow-tracing, and no flag but selected-profile asks for others"]


def test_set_form_and_what_is_not_said() -> None:
    assert load("set services ssl traceoptions flag all", "x").tracing == TraceOptions(flags=frozenset({"all"}))
    assert load("set services ssl traceoptions file other.log", "x").tracing.file == TraceFile("other.log")
    assert load("set system host-name x", "x").tracing == TraceOptions()


@pytest.mark.parametrize(("statement", "word", "message"), [
    ("file a/b", "a/b", "without a directory"), ("file ..", "..", "without a directory"),
    ("file t size 5k", "5k", "10k or more"), ("file t size many", "many", "10k or more"),
    ("file t match (", "(", "regular expression"), ("flag some", "some", "not a value of flag"),
    ("packet-filter source-ip 1.2.3", "1.2.3", "IP address")])
def test_mistakes_name_the_word(statement: str, word: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load(f"set services ssl traceoptions {statement}", "x")
    assert (raised.value.word, message in raised.value.message) == (word, True), raised.value


def test_no_remark_where_a_flag_asks_for_all() -> None:
    assert not load("set services ssl traceoptions flag all", "x").warnings


def test_flow_tracing_of_a_profile_acts() -> None:
    text = """set services ssl proxy profile fp enable-flow-tracing
set services ssl proxy profile fp root-ca ca
set services ssl proxy profile fp trusted-ca all"""
    found = load(text, "x")
    assert found.ssl_profiles["fp"].enable_flow_tracing
    assert not [remark for remark in found.warnings if "tracing" in remark.statement]
