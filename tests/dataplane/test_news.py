"""The round of live sessions: in portions, each told once, and begun again only when it is over."""

from nf.dataplane.loop import Loop
from nf.dataplane.messages import Progress
from nf.dataplane.news import LOOKED_AT, News

MANY = 3 * LOOKED_AT + 1


class Session:
    """Has something to tell every other time."""

    def __init__(self, number: int) -> None:
        self.number, self.asked = number, 0

    def news(self) -> Progress | None:
        self.asked += 1
        if self.asked % 2 == 0:
            return None
        return Progress(self.number, 0, 0, 0, 0, 0, 0.0, 0.0, "", "", "", "")


def round_of(loop: Loop) -> int:
    """Turns until nobody wants another."""
    turns = 0
    while loop._again:
        loop._turn()
        turns += 1
    return turns


def test_all_are_asked_once_a_round_and_others_have_turns_between() -> None:
    loop, told = Loop(), list[int]()
    sessions = [Session(number) for number in range(MANY)]
    news = News(loop, sessions, lambda progress: told.extend(one.session_id for one in progress))
    news.expired()
    news.expired()  # a second later, while the round still goes on
    assert len(told) == LOOKED_AT
    assert round_of(loop) == 4
    assert sorted(told) == list(range(MANY))
    assert {session.asked for session in sessions} == {1}
    news.expired()
    round_of(loop)
    assert len(told) == MANY
    loop.close()


def test_rounds_end_with_the_last_session_and_begin_with_the_next() -> None:
    loop, sessions = Loop(), list[Session]()
    news = News(loop, sessions, lambda _: None)
    news.wanted()
    assert news.slot is not None
    loop.disarm(news)
    news.expired()
    assert news.slot is None
    sessions.append(Session(1))
    news.wanted()
    assert news.slot is not None
    loop.close()
