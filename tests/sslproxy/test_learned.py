"""What is learned, for how long, of whom; and that none of it grows without end."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nf.policy.profile import LearnedBypass
from nf.sslproxy.learned import Lesson, Lessons, Refusals, Subject
from nf.sslproxy.reasons import Reason

SUBJECT = Subject("fp", "192.0.2.1", "203.0.113.5", 443, "a.test")
RULES = LearnedBypass(count=3, window=60, ttl=100)


def test_the_last_refusal_of_enough_within_the_window_teaches() -> None:
    refusals = Refusals()
    assert [refusals.refused(SUBJECT, RULES, at) for at in (0.0, 30.0)] == [None, None]
    assert refusals.refused(SUBJECT, RULES, 59.0) == Lesson(SUBJECT, Reason.LEARNED, 3, 159.0)
    assert refusals.refused(SUBJECT, RULES, 59.5) is None  # it counts anew


def test_refusals_before_the_window_do_not_count() -> None:
    refusals = Refusals()
    assert [refusals.refused(SUBJECT, RULES, at) for at in (0.0, 1.0, 61.0, 121.5)] == [None] * 4


def test_each_client_and_server_counts_by_itself() -> None:
    refusals, once = Refusals(), replace(RULES, count=2)
    others = [replace(SUBJECT, client="192.0.2.2"), replace(SUBJECT, server="203.0.113.6"), replace(SUBJECT, port=8443),
              replace(SUBJECT, server_name="b.test"), replace(SUBJECT, profile="other"), SUBJECT]
    assert [refusals.refused(subject, once, 0.0) for subject in others] == [None] * 6
    assert refusals.refused(SUBJECT, once, 1.0) is not None


def test_a_lesson_holds_until_it_runs_out_and_for_its_subject_alone() -> None:
    lessons = Lessons()
    lessons.add(Lesson(SUBJECT, Reason.LEARNED, 3, 100.0))
    assert lessons.recall(SUBJECT, 99.0) is Reason.LEARNED
    assert lessons.recall(SUBJECT, 100.0) is None
    assert lessons.recall(replace(SUBJECT, client="192.0.2.2"), 0.0) is None
    assert lessons.recall(replace(SUBJECT, server="203.0.113.6"), 0.0) is None  # the name alone opens nothing
    assert [lesson.subject for lesson in lessons.entries(99.0)] == [SUBJECT]
    assert list(lessons.entries(100.0)) == []


def test_what_is_learned_of_a_server_holds_for_every_client() -> None:
    lessons = Lessons()
    lessons.add(Lesson(SUBJECT.of_anyone, Reason.CLIENT_CERTIFICATE, 1, 100.0))
    assert lessons.recall(replace(SUBJECT, client="192.0.2.2"), 0.0) is Reason.CLIENT_CERTIFICATE
    assert lessons.clear() == 1
    assert lessons.recall(SUBJECT, 0.0) is None


@given(st.lists(st.tuples(st.integers(0, 20), st.floats(0, 1000)), max_size=60))
def test_neither_grows_beyond_its_bound(sessions: list[tuple[int, float]]) -> None:
    refusals, lessons = Refusals(most=5), Lessons(most=5)
    for number, at in sorted(sessions, key=lambda one: one[1]):
        lesson = refusals.refused(replace(SUBJECT, port=number), RULES, at)
        if lesson is not None:
            lessons.add(lesson)
            assert lessons.recall(lesson.subject, at) is Reason.LEARNED
        assert len(refusals._seen) <= 5
        assert all(len(seen) < RULES.count for seen in refusals._seen.values())
        assert len(lessons) <= 5
