"""Files of feeds: read again when they change, the last good one kept, large ones beside the sessions."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from nf.policy.security_intelligence import Feed
from nf.services.security_intelligence import feeds
from nf.services.security_intelligence.feeds import Feeds
from tests.helpers.waiting import until
from tests.services.security_intelligence.mmdb import database

CC = ("CC",)


def named(held: Feeds, host: str) -> list[str]:
    return [hit.feed for hit in held.name(host, CC)]


def test_a_change_acts_and_what_is_broken_does_not(tmp_path: Path) -> None:
    file = tmp_path / "feed"
    file.write_text("a.test")
    held = Feeds([Feed("f", "CC", str(file))])
    assert (named(held, "a.test"), named(held, "b.test"), held.version) == (["f"], [], 1)
    file.write_text("a.test\nb.test")
    held.refresh()
    assert (named(held, "b.test"), held.version) == (["f"], 2)
    for broken in ("", "# nothing today\n", "<html>\n<b>Not found</b>\n", "c.test\n<x>\n"):
        file.write_text(broken)
        held.refresh()
        assert named(held, "b.test") == ["f"]
        problem, = held.problems()
        assert problem.endswith("what was there before holds")
    file.unlink()
    held.refresh()
    assert named(held, "b.test") == ["f"]
    file.write_bytes(b"\xff\xfe")
    held.refresh()
    assert named(held, "b.test") == ["f"]
    file.write_text("c.test")
    held.refresh()
    assert (named(held, "b.test"), named(held, "c.test"), list(held.problems())) == ([], ["f"], [])


def test_lines_that_are_none_are_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "feed").write_text("a.test\nb.test\na b\n")
    held = Feeds([Feed("f", "CC", str(tmp_path / "feed"))])
    problem, = held.problems()
    assert problem.startswith(f"feed f: {tmp_path / 'feed'}: 1 lines left out, first line 3: 'a b' is no address")
    assert held.facts()[0]["entries"] == 2


def test_a_feed_that_is_not_there_yet(tmp_path: Path) -> None:
    held = Feeds([Feed("f", "CC", str(tmp_path / "feed"))])
    assert list(held.problems()) == [f"feed f: {tmp_path / 'feed'}: No such file or directory"]
    (tmp_path / "feed").write_text("a.test")
    held.refresh()
    assert named(held, "a.test") == ["f"]


def test_a_large_one_is_read_beside_the_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "feed"
    file.write_text("a.test")
    held = Feeds([Feed("f", "CC", str(file))])
    monkeypatch.setattr(feeds, "AT_ONCE", 0)
    file.write_text("".join(f"h{number}.test\n" for number in range(20_000)))
    held.refresh()
    until(lambda: named(held, "h19999.test"), "the feed")
    assert held.facts()[0]["entries"] == 20_000


def test_only_the_categories_asked_for(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text("192.0.2.1")
    held = Feeds([Feed("one", "CC", str(tmp_path / "one")), Feed("two", "IPFilter", str(tmp_path / "two"))])
    assert [hit.feed for hit in held.address(ip_address("192.0.2.1"), {"IPFilter"})] == ["two"]
    assert len(list(held.address(ip_address("192.0.2.1"), {"CC", "IPFilter"}))) == 2


def test_countries_of_a_maxmind_database(tmp_path: Path) -> None:
    file = tmp_path / "countries.mmdb"
    file.write_bytes(database({"192.0.2.0/24": "DE", "198.51.100.0/25": "FR"}))
    held = Feeds([Feed("geo", "GeoIP", str(file))])

    def country(address: str) -> list[str]:
        return [hit.feed for hit in held.address(ip_address(address), ("GeoIP",))]

    assert list(held.problems()) == []
    assert [country(one) for one in ("192.0.2.9", "198.51.100.9", "198.51.100.200", "2001:db8::1")] == [["DE"], ["FR"], [], []]
    draft = tmp_path / "draft"
    draft.write_bytes(database({"2.0.0.0/8": "FR"}))
    draft.replace(file)
    held.refresh()
    assert (country("192.0.2.9"), country("2.1.1.1")) == ([], ["FR"])
    file.write_bytes(b"no database")
    held.refresh()
    assert country("2.1.1.1") == ["FR"]
    assert "what was there before holds" in next(held.problems())
