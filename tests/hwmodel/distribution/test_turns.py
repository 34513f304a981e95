from collections import Counter
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from hwmodel.distribution._turns import turns

weight_tables = st.dictionaries(st.integers(0, 40), st.integers(1, 1 << 22), min_size=1, max_size=12)
small_weights = st.dictionaries(st.integers(0, 40), st.integers(1, 20), min_size=1, max_size=6)


@given(weight_tables, st.integers(0, 300))
def test_none_is_a_whole_turn_ahead_of_its_share(weights: dict[int, int], count: int) -> None:
    taken, total = Counter(islice(turns(weights), count)), sum(weights.values())
    assert taken.total() == count
    for spu, weight in weights.items():
        assert taken[spu] < count * weight / total + 1


@given(small_weights)
def test_a_whole_round_gives_everyone_exactly_its_weight(weights: dict[int, int]) -> None:
    rounds, total = turns(weights), sum(weights.values())
    for _ in range(2):
        assert Counter(islice(rounds, total)) == weights


def test_turns_are_interleaved_and_of_equals_the_lowest_begins() -> None:
    assert list(islice(turns({7: 1, 3: 1, 5: 1}), 6)) == [3, 5, 7, 3, 5, 7]
    assert list(islice(turns({0: 1, 1: 4, 2: 1}), 6)) == [1, 0, 1, 1, 2, 1]
