"""Attacks of several members: order, expressions, exchanges and sessions."""

from hypothesis import given
from hypothesis import strategies as st

from nf.policy.attacks import Attack, Content, Member
from nf.services.idp.program import Program, Progress


def attack(**more: object) -> Attack:
    members = tuple(Member("http.uri", (Content(name.encode()),), name=name) for name in ("a", "b", "c"))
    return Attack("X", members, **more)  # type: ignore[arg-type]


def found(one: Attack, steps: list[tuple[int, int]]) -> list[int]:
    """After which steps, each a member and its exchange, the attack was complete."""
    progress = Progress(Program((one,)))
    return [place for place, (member, exchange) in enumerate(steps) if progress.add(member, exchange) is not None]


def test_all_members_in_one_exchange() -> None:
    assert found(attack(), [(0, 1), (1, 2), (2, 1), (1, 1), (0, 2), (2, 2)]) == [3, 5]


def test_all_members_in_one_session_once_or_again() -> None:
    steps = [(0, 1), (1, 2), (2, 3), (0, 4), (1, 4), (2, 4)]
    assert found(attack(session=True), steps) == [2]
    assert found(attack(session=True, resets=True), steps) == [2, 5]


def test_in_order() -> None:
    assert found(attack(ordered=True), [(2, 1), (1, 1), (0, 1), (2, 1), (1, 1), (2, 1)]) == [5]


def test_as_an_expression_says() -> None:
    either = attack(expression=("a", "b", "c", "or", "and"))
    assert found(either, [(1, 1), (2, 1), (0, 1)]) == [2]
    assert found(either, [(0, 1), (2, 1)]) == [1]


@given(steps=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2000)), max_size=3000))
def test_what_is_kept_is_bounded(steps: list[tuple[int, int]]) -> None:
    progress = Progress(Program((attack(),)))
    for member, exchange in steps:
        progress.add(member, exchange)
        assert len(progress._found) <= Progress.MOST
