"""Expectations in words: each judged alone, and no difference lost."""

import pytest

import scenarios
from scenarios.expect import differences
from scenarios.observe import ClientView, Observation, SpuRow
from scenarios.report_expectations import expectations
from scenarios.schema import Origin, Scenario, Visit
from scenarios.wanted import FlowCount, LogLine, OriginSees, SpuCount, VisitSees

STORY = Scenario(
    "s", "t", "", (Origin("www.example.test", sees=OriginSees(1, ("10.0.0.1",), ("TLSv1.3",))), Origin("quiet.test")),
    (Visit("good", "https://www.example.test/hello", sees=VisitSees(issuer="CN=A", status=200, tls="TLSv1.3")),
     Visit("bad", "https://www.example.test/x", times=2, sees=VisitSees(exit="failure", error="/alert/"))),
    log=(LogLine("A", 0), LogLine("B", 2, {"message": "/m/"}), LogLine("C")),
    flow=(FlowCount("/x/"), FlowCount("/y/", "s1", packets=False)), sessions=SpuCount(1, 2, refused=0),
    counters={"decrypted": 1000})


def test_every_expectation_is_one_sentence() -> None:
    told = [(it.subject, it.words) for it in expectations(STORY, Observation("s", "p"), ())]
    assert told == [
        ("visit good", "client1 to https://www.example.test/hello: succeeds, issuer CN=A, status 200, over TLSv1.3"),
        ("visit bad", "client1 to https://www.example.test/x, 2 times: fails, error /alert/"),
        ("server www.example.test", "1 request, from 10.0.0.1, over TLSv1.3"),
        ("log", "no A"), ("log", "2 B with message /m/"), ("log", "at least one C"),
        ("switch", "packets on entries /x/"), ("switch", "no packets on entries /y/ of s1"),
        ("SPUs", "1 session created, on 2 SPUs at least, refused 0"), ("counters", "1,000 decrypted")]


def test_each_is_judged_by_itself() -> None:
    seen = Observation("s", "p", clients=(ClientView("good", "client1", 0, issuer="CN=A", status=200, tls="TLSv1.2"),),
                       spus=(SpuRow("FPC 0 PIC 0", created=1),))
    found = expectations(STORY, seen, differences(STORY, seen))
    assert [it.words for it in found if not it.differences] == ["no A"]
    assert found[0].differences == ("visit good: client1 expected tls 'TLSv1.3', saw 'TLSv1.2'",)
    assert len([it for it in found if it.subject == "SPUs"]) == 1


def test_a_difference_that_belongs_to_none_is_told_all_the_same() -> None:
    *_, last = expectations(STORY, Observation("s", "p"), ("the sky fell",))
    assert (last.subject, last.differences) == ("also", ("the sky fell",))


@pytest.mark.parametrize("name", scenarios.available())
def test_of_every_scenario_no_difference_is_lost(name: str) -> None:
    scenario, nothing = scenarios.load(name), Observation(name, "p")
    found = differences(scenario, nothing)
    told = [text for it in expectations(scenario, nothing, found) for text in it.differences]
    assert set(found) <= set(told)
