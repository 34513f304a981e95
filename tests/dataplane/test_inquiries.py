"""Questions to workers: all answers, some, none, late, dead."""

from collections.abc import Mapping
from typing import Any

import pytest

from nf.dataplane.inquiries import Inquiries, Later
from nf.dataplane.loop import Loop
from nf.dataplane.messages import Question, Reply


class Desk:
    """Inquiries whose questions are kept; worker 9 is not there."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, Question]] = []
        self.answers: list[Mapping[int, Mapping[str, Any]]] = []
        self.inquiries = Inquiries(Loop(), self._send)

    def _send(self, worker: int, question: Question) -> bool:
        if worker == 9:
            return False
        self.asked.append((worker, question))
        return True

    def ask(self, *workers: int) -> None:
        self.inquiries.ask(workers, "caches", {"a": 1}, self.answers.append)

    def reply(self, worker: int, answer: dict[str, Any]) -> None:
        number = next(question.number for asked, question in self.asked if asked == worker)
        self.inquiries.replied(Reply(number, answer))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_all_answer(desk: Desk) -> None:
    desk.ask(0, 1)
    assert [(worker, question.word, question.about) for worker, question in desk.asked] == [
        (0, "caches", {"a": 1}), (1, "caches", {"a": 1})]
    desk.reply(1, {"x": 1})
    assert desk.answers == []
    desk.reply(0, {"x": 0})
    assert desk.answers == [{0: {"x": 0}, 1: {"x": 1}}]


def test_one_that_is_not_there_is_not_waited_for(desk: Desk) -> None:
    desk.ask(9, 0)
    desk.reply(0, {})
    desk.ask(9)
    assert desk.answers == [{0: {}}, {}]


def test_one_that_dies_answers_no_more(desk: Desk) -> None:
    desk.ask(0, 1)
    desk.reply(0, {"x": 0})
    desk.inquiries.lost(1)
    assert desk.answers == [{0: {"x": 0}}]
    desk.reply(1, {"x": 1})  # too late
    assert len(desk.answers) == 1


def test_a_silent_one_is_given_up_in_time(desk: Desk) -> None:
    desk.ask(0, 1)
    desk.reply(0, {"x": 0})
    inquiry = next(iter(desk.inquiries._inquiry_of.values()))
    inquiry.expired()
    assert desk.answers == [{0: {"x": 0}}]
    desk.reply(1, {})
    assert len(desk.answers) == 1
    assert desk.inquiries._inquiry_of == {}


@pytest.mark.parametrize("early", [True, False])
def test_an_answer_later_comes_once_whoever_is_first(early: bool) -> None:
    later, heard = Later(), list[Mapping[str, Any]]()
    if early:
        later.give({"x": 1})
        later.then(heard.append)
    else:
        later.then(heard.append)
        later.give({"x": 1})
    assert heard == [{"x": 1}]
