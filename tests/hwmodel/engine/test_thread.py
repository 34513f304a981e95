from hypothesis import given
from hypothesis import strategies as st

from hwmodel.engine.thread import Thread


def test_the_highest_priority_is_next_but_interrupts_nobody() -> None:
    thread = Thread(100)
    for level in (2, 2, 1, 0):
        thread.ask(0.0, 1.0, level)
    thread.ask(1.5, 1.0, 0)
    thread.finish()
    assert thread.waits == [0.0, 1.0, 0.5, 3.0, 4.0]  # low, then both high, the medium one, the other low


jobs = st.lists(st.tuples(st.floats(0, 10), st.floats(0.001, 2), st.integers(0, 2)), min_size=1, max_size=30)


@given(jobs)
def test_everyone_is_served_once_whatever_the_priorities(load: list[tuple[float, float, int]]) -> None:
    strict, plain = Thread(100), Thread(100)
    for now, service, level in sorted(load):
        strict.ask(now, service, level)
        plain.ask(now, service, 0)
    strict.finish()
    plain.finish()
    assert len(strict.waits) == len(plain.waits) == len(load)
    assert min(strict.waits) >= 0
