"""A feed's text in memory: what each line names, and what is no line of a feed."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nf.services.security_intelligence.table import Entry, Table, read


def found(table: Table, address: str) -> str:
    entry = table.address(ip_address(address))
    return "" if entry is None else entry.text


def test_addresses_and_the_longest_prefix() -> None:
    table = read(["203.0.113.0/24,3", "203.0.113.5,9", "2001:db8::/32", "2001:db8::1", "0.0.0.0/0"])
    assert [found(table, one) for one in ("203.0.113.5", "203.0.113.6", "192.0.2.1", "2001:db8::1", "2001:db8::2", "::1")] == [
        "203.0.113.5", "203.0.113.0/24", "0.0.0.0/0", "2001:db8::1", "2001:db8::/32", ""]
    assert table.address(ip_address("203.0.113.5")) == Entry("203.0.113.5", 9)
    assert (table.size, table.faults) == (5, 0)


def test_hosts_and_what_is_below_them() -> None:
    table = read(["Evil.test.", "*.bad.test,4", "deeper.bad.test,5", "cafe.beef"])
    assert [table.host(name) and table.host(name).text for name in (  # type: ignore[union-attr]
        "evil.test", "www.evil.test", "notevil.test", "x.bad.test", "x.deeper.bad.test", "cafe.beef", "test")] == [
        "Evil.test.", "Evil.test.", None, "*.bad.test", "deeper.bad.test", "cafe.beef", None]


def test_urls_and_what_is_below_them() -> None:
    table = read(["http://www.test/a/b?x,8", "www.test/%61/../c/", "https://198.51.100.7/gate.php", "http://all.test/"])
    assert [bool(table.url("www.test", path)) for path in ("/a/b", "/a/b/c", "/a/bc", "/a", "/c", "/")] == [
        True, True, False, False, True, False]
    assert table.url("198.51.100.7", "/gate.php") == Entry("https://198.51.100.7/gate.php")
    assert table.host("all.test") == Entry("http://all.test/")


def test_json_lines_remarks_and_blanks() -> None:
    lines = ["# feed of today", "", '{"value": "a.test", "threat-level": 6}', '{"value": "192.0.2.0/24"}', "  b.test , 2 "]
    table = read(lines)
    assert (table.host("a.test"), table.host("b.test")) == (Entry("a.test", 6), Entry("b.test", 2))
    assert found(table, "192.0.2.9") == "192.0.2.0/24"
    assert table.faults == 0


def test_countries() -> None:
    table = read(["192.0.2.0/24,de", '{"value": "2001:db8::/32", "country": "FR"}', "198.51.100.1,GER"], countries=True)
    assert table.address(ip_address("192.0.2.1")) == Entry("192.0.2.0/24", country="DE")
    assert table.first_fault == "line 3: 'GER' is no country of two letters (ISO 3166-1)"


@pytest.mark.parametrize(("line", "said"), [
    ("<html>", "'<html>' is no address, prefix, host or URL"), ("10.0.0.1/33", "is no prefix"), ("10.0.0.256", "is no address"),
    ("a.test,11", "'11' is no threat level from 1 to 10"), ("a.test,0", "no threat level"), ("a.test,x", "no threat level"),
    ("a b.test", "is no address"), ("ftp://a.test/", "is no address"), ("{}", 'expected a JSON object with a "value"'),
    ("{", "expected a JSON object"), ("caf\xe9.test", "is no address"), ("http://[::1", "line 1: ")])
def test_what_is_no_entry(line: str, said: str) -> None:
    table = read([line, "good.test"])
    assert said in table.first_fault
    assert table.faults == 1
    assert table.host("good.test")


@settings(deadline=None)
@given(st.lists(st.ip_addresses(), min_size=1), st.integers(0, 128), st.ip_addresses())
def test_prefixes_hold_what_they_hold(addresses: list[object], length: int, asked: object) -> None:
    networks = [ip_network(f"{one}/{min(length, one.max_prefixlen)}", strict=False) for one in addresses]  # type: ignore[attr-defined]
    table = read(map(str, networks))
    assert (found(table, str(asked)) != "") is any(asked in network for network in networks)
    assert all(found(table, str(one)) for one in addresses)


@settings(deadline=None)
@given(st.lists(st.text(max_size=40)))
def test_no_text_raises(lines: list[str]) -> None:
    table = read(lines)
    assert table.size + table.faults <= len(lines)
