from nf.cli.operate.parse import parse
from nf.cli.operate.tree import PIPES, ROOT

FEED = {"name": "cc", "category": "CC", "source": "/feeds/cc", "entries": 3, "updated": 1_704_067_200, "problem": ""}


def shown(line: str, answer: dict[str, object]) -> list[str]:
    command = parse(line, ROOT, PIPES)
    return list(command.ask.render(answer, {}))


def test_statistics_by_category() -> None:
    line = "show services security-intelligence statistics"
    assert shown(line, {"categories": {"CC": {"drop": 2, "permit": 1}}}) == [
        "Category CC:", "  Total:      3", "  Permit:     1", "  Drop:       2", "  Close:      0"]
    assert shown(line, {"categories": {}}) == ["Nobody whom a feed names has been met."]
    assert shown("clear services security-intelligence statistics", {}) == []


def test_each_feed_once_with_what_is_wrong_in_any_worker() -> None:
    line = "show services security-intelligence category summary"
    assert shown(line, {"feeds": [{**FEED, "problem": "it is empty"}, FEED, {**FEED, "name": "new", "updated": 0}]}) == [
        "Category CC, feed cc", "  Source:     /feeds/cc", "  Entries:    3", "  Updated:    2024-01-01 00:00:00 UTC",
        "  Problem:    it is empty",
        "Category CC, feed new", "  Source:     /feeds/cc", "  Entries:    3", "  Updated:    never"]
    assert shown(line, {"feeds": []}) == ["No feed is configured."]
