"""AppTrack: where it is active, what it names, and which messages a session's life leaves."""

from dataclasses import replace

import pytest

from hwmodel.session import Direction
from nf.log.records import ApplicationFacts, CloseReason, apptrack_close, apptrack_create
from nf.policy.profile import AppTracking
from nf.services import Opinion, Verdict
from nf.services.apptrack import AppTrack
from tests.services.attachments import FACTS, TRACKED, TRUST, UNTRUST, VOLUME, attachment, field, untracked

HTTP = ApplicationFacts(application="HTTP", encrypted="Yes")


def attached(options: AppTracking = TRACKED) -> AppTrack:
    service = AppTrack.attach(attachment(options=options))
    assert service is not None
    return service


def test_either_zone_makes_it_active() -> None:
    assert AppTrack.attach(attachment()) is not None
    assert AppTrack.attach(attachment(untracked(TRUST), replace(UNTRUST, application_tracking=True))) is not None
    assert AppTrack.attach(attachment(untracked(TRUST), UNTRUST)) is None
    assert AppTrack.attach(attachment(options=AppTracking(disable=True))) is None


def test_a_request_in_two_parts_is_named_once_it_is_whole() -> None:
    service = attached()
    assert service.inspect(Direction.C2S, b"GET /a?k=1 HT", encrypted=True) == Opinion(Verdict.PERMIT)
    assert service.inspect(Direction.S2C, b"GET / HTTP/1.1\r\n", encrypted=True) == Opinion(Verdict.PERMIT)
    assert service.inspect(Direction.C2S, b"TP/1.1\r\n", encrypted=True) == Opinion(
        Verdict.IGNORE, (apptrack_create(FACTS, HTTP),), "HTTP", "GET /a HTTP/1.1")


def test_unknown_bytes_are_announced_as_such() -> None:
    opinion = attached().inspect(Direction.C2S, b"\x00\x01", encrypted=False)
    assert (opinion.verdict, opinion.application, opinion.request) == (Verdict.IGNORE, "UNKNOWN", None)
    assert [field(record, "encrypted") for record in opinion.records] == ["No"]


def test_an_endless_request_line_is_given_up() -> None:
    service = attached()
    opinions = [service.inspect(Direction.C2S, b"GET /" + b"x" * 2043, encrypted=True) for _ in range(4)]
    assert [opinion.verdict for opinion in opinions] == [Verdict.PERMIT] * 3 + [Verdict.IGNORE]
    assert opinions[-1].application == "UNKNOWN"


def test_close_follows_an_announced_create() -> None:
    service = attached()
    service.inspect(Direction.C2S, b"GET / HTTP/1.1\r\n", encrypted=True)
    assert service.finish(HTTP, CloseReason.FIN, VOLUME) == (apptrack_close(FACTS, HTTP, CloseReason.FIN, VOLUME),)


@pytest.mark.parametrize("encrypted", ["Yes", "No", "UNKNOWN"])
def test_a_session_that_ends_unnamed_is_created_and_closed_in_the_same_words(encrypted: str) -> None:
    facts = ApplicationFacts(encrypted=encrypted)
    assert attached().finish(facts, CloseReason.CLIENT_RST, VOLUME) == (
        apptrack_create(FACTS, facts), apptrack_close(FACTS, facts, CloseReason.CLIENT_RST, VOLUME))


@pytest.mark.parametrize(("options", "names"), [
    (AppTracking(log_session_create=False), ["APPTRACK_SESSION_CLOSE"]),
    (AppTracking(log_session_close=False), ["APPTRACK_SESSION_CREATE"]),
    (AppTracking(log_session_create=False, log_session_close=False), [])])
def test_each_message_can_be_switched_off(options: AppTracking, names: list[str]) -> None:
    service = attached(options)
    created = service.inspect(Direction.C2S, b"GET / HTTP/1.1\r\n", encrypted=True).records
    assert [record.name for record in created + service.finish(HTTP, CloseReason.FIN, VOLUME)] == names
