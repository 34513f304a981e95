"""Statements under `services security-intelligence`."""

from dataclasses import replace

import pytest

from nf.config import ConfigError, load
from nf.policy.security_intelligence import Feed, Notice, Rule, SecurityIntelligence, Treatment

SI = "set services security-intelligence "
CC = f'{SI}category CC apply-macro srxnf feeds "ip=/feeds/ip web=https://feeds.example/web"\n'
GLOBAL = "set security policies global policy a "
POLICY = f"""{GLOBAL}match source-address any destination-address any application any
    {GLOBAL}then permit application-services security-intelligence-policy s"""
PROFILE = f"{SI}profile p category CC\n"


def built(lines: str) -> SecurityIntelligence:
    found: SecurityIntelligence = load(lines, "t").services["security_intelligence"]
    return found


def remarks(lines: str) -> dict[str, str]:
    return {remark.statement: remark.message for remark in load(lines, "t").warnings}


def test_feeds_are_files_or_fetched_into_one() -> None:
    web = Feed("web", "CC", "/var/lib/srxnf/feeds/web", "https://feeds.example/web")
    assert built(CC).feeds == (Feed("ip", "CC", "/feeds/ip"), web)
    elsewhere = f"{CC}{SI}category CC apply-macro srxnf feed-interval 60\n{SI}apply-macro srxnf feed-directory /f\n"
    assert built(elsewhere).feeds[1] == replace(web, file="/f/web", interval=60)


@pytest.mark.parametrize(("lines", "left"), [
    (f"{SI}category CC disable", []), (f"{SI}category all disable", []), (f"{SI}global-disable-feed all", []),
    (f"{SI}global-disable-feed feed-name ip", ["web"])])
def test_what_is_switched_off(lines: str, left: list[str]) -> None:
    assert [feed.name for feed in built(CC + lines).feeds] == left


def test_profiles_and_policies_as_on_the_device() -> None:
    rule = f"{SI}profile p rule r "
    found = built(f'{CC}{PROFILE}{rule}match threat-level [ 8 9 10 ]\n{rule}match feed-name ip\n{rule}then log\n'
                  f'{rule}then action block close http message "blocked here"\n{SI}policy s CC p\n'
                  f"{SI}profile p default-rule then action recommended\n{SI}profile p default-rule then no-log")
    profile = found.policies["s"].profiles["CC"]
    closing = Treatment("close", log=True, notice=Notice("blocked here"))
    assert profile.rules == (Rule("r", frozenset({"ip"}), frozenset({8, 9, 10}), closing),)
    assert [profile.treatment(*about).action for about in (("ip", 9), ("web", 9), ("ip", 7))] == [
        "close", "recommended", "recommended"]
    assert [profile.default.at(level) for level in (6, 7)] == ["permit", "drop"]


@pytest.mark.parametrize(("lines", "word"), [
    (f"{SI}category CC apply-macro srxnf feeds feed", "feed"), (f"{SI}category CC apply-macro srxnf feeds f=ftp://x/", "ftp://x/"),
    (f'{CC}{SI}category IPFilter apply-macro srxnf feeds "ip=/x"', "ip"), (f"{SI}category Nobody disable", "Nobody"),
    (f"{PROFILE}{SI}policy s CC q", "q"), (f"{PROFILE}{SI}policy s GeoIP p", "p"),
    (f"{PROFILE}{SI}profile p rule r match threat-level 11", "11"),
    (POLICY, "s")])
def test_mistakes(lines: str, word: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(lines, "t")
    assert word in [one.word for one in (caught.value, *caught.value.others)]


@pytest.mark.parametrize(("lines", "statement", "said"), [
    (f"{SI}profile p category DNS", "security-intelligence profile p category", "nothing is looked up for category DNS"),
    (PROFILE, "security-intelligence profile p", "there is no feed of category CC"),
    (f"{CC}{PROFILE}{SI}profile p rule r match feed-name none", "security-intelligence profile p rule r feed-name",
     "no feed none is there"),
    (f"{CC}{PROFILE}{SI}profile p rule r then action sinkhole", "security-intelligence profile p rule r then action sinkhole",
     "the session is dropped"),
    (f"{SI}url https://x.example/", "services security-intelligence url", "no effect yet"),
    (f"{CC}{PROFILE}{SI}profile p rule r then action block close http file /x",
     "services security-intelligence profile rule then action block close http file", "no effect yet")])
def test_what_does_less_than_it_seems_is_said(lines: str, statement: str, said: str) -> None:
    assert said in remarks(lines)[statement]


def test_what_acts_earns_no_remark() -> None:
    rest = ("profile p rule r then action block drop", "profile p rule r then log", "policy s CC p", "profile p description x",
            "policy s description y", "profile p default-rule then log")
    assert remarks(CC + PROFILE + "\n".join(SI + words for words in rest)) == {}
