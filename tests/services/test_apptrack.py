"""AppTrack: where it is active, what it names, and which messages a session's life leaves."""

from dataclasses import replace

import pytest
from msgspec import structs

from nf.log.apptrack_records import apptrack_close, apptrack_create, apptrack_volume_update
from nf.log.records import NO_APPLICATION, ApplicationFacts, CloseReason, LogRecord, Volume
from nf.policy.profile import AppTracking
from nf.policy.unified import Known
from nf.services.apptrack import AppTrack, Tracker
from tests.services.attachments import FACTS, TRACKED, TRUST, UNTRUST, VOLUME, attachment, untracked

HTTP = ApplicationFacts(application="HTTP", encrypted="Yes")


def attached(options: AppTracking = TRACKED) -> AppTrack:
    return Tracker().attach(attachment(options=options))


def test_either_zone_makes_it_active() -> None:
    assert Tracker.concerns(attachment())
    assert Tracker.concerns(attachment(untracked(TRUST), replace(UNTRUST, application_tracking=True)))
    assert not Tracker.concerns(attachment(untracked(TRUST), UNTRUST))
    assert not Tracker.concerns(attachment(options=AppTracking(disable=True)))


def told(service: AppTrack) -> tuple[LogRecord, ...]:
    return service.identified(Known(frozenset({"junos:HTTP"}), final=True), HTTP, 0.0).records


def test_the_create_message_waits_for_the_last_word_and_comes_once() -> None:
    service = attached()
    assert not service.guesses
    assert told(service) == (apptrack_create(FACTS, HTTP),)
    assert told(service) == ()
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
    assert [record.name for record in told(service) + service.finish(HTTP, CloseReason.FIN, VOLUME)] == names


def at_age(seconds: int) -> Volume:
    return structs.replace(VOLUME, elapsed_seconds=seconds)


def minutes(service: AppTrack, number: int) -> list[int]:
    """The minutes at which it wants to speak, each time asked half a second after the one before."""
    found = []
    for _ in range(number):
        age = service.next_update
        assert age is not None
        service.update(HTTP, at_age(int(age + 0.5)))
        found.append(round(age / 60))
    return found


@pytest.mark.parametrize(("options", "expected"), [
    (AppTracking(), [1, 5, 10, 15]),
    (AppTracking(first_update=True), [0, 5, 10, 15]),
    (AppTracking(first_update=True, first_update_interval=2), [0, 5, 10, 15]),
    (AppTracking(first_update_interval=2), [2, 5, 10, 15]),
    (AppTracking(session_update_interval=3), [1, 3, 6, 9]),
    (AppTracking(first_update_interval=9, session_update_interval=4), [4, 8, 12, 16]),
    (AppTracking(first_update_interval=0, session_update_interval=1), [1, 2, 3, 4])])
def test_updates_come_at_the_configured_minutes(options: AppTracking, expected: list[int]) -> None:
    assert minutes(attached(options), 4) == expected


def test_without_volume_updates_nothing_is_due_but_the_first() -> None:
    assert attached(AppTracking(no_volume_updates=True)).next_update is None
    service = attached(AppTracking(no_volume_updates=True, first_update=True))
    assert service.update(NO_APPLICATION, at_age(0)) == (apptrack_create(FACTS),)
    assert service.next_update is None
    assert service.update(NO_APPLICATION, at_age(9999)) == ()


def test_a_named_session_is_updated_with_its_name() -> None:
    service = attached()
    told(service)
    assert service.update(HTTP, at_age(59)) == ()
    assert service.update(HTTP, at_age(60)) == (apptrack_volume_update(FACTS, HTTP, at_age(60)),)
    assert service.next_update == 300.0


def test_a_session_not_named_yet_is_created_first_and_only_once() -> None:
    service = attached()
    assert service.update(NO_APPLICATION, at_age(60)) == (
        apptrack_create(FACTS), apptrack_volume_update(FACTS, NO_APPLICATION, at_age(60)))
    assert told(service) == ()
    assert service.finish(HTTP, CloseReason.FIN, VOLUME) == (apptrack_close(FACTS, HTTP, CloseReason.FIN, VOLUME),)


def test_a_late_update_is_one_and_the_next_keeps_to_the_minutes() -> None:
    service = attached(AppTracking(session_update_interval=5))
    assert len(service.update(HTTP, at_age(1000))) == 2
    assert service.next_update == 1200.0


def test_messages_are_counted_by_kind_until_that_is_cleared() -> None:
    tracker = Tracker()
    service = tracker.attach(attachment())
    assert service is not None
    service.update(HTTP, at_age(60))
    service.finish(HTTP, CloseReason.FIN, VOLUME)
    assert tracker.report("counters", {}) == {"create": 1, "update": 1, "close": 1}
    assert tracker.report("clear counters", {}) == {}
