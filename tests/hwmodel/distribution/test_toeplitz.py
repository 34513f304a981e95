from hypothesis import given
from hypothesis import strategies as st

from hwmodel.distribution.toeplitz import toeplitz

KEY = int("6d5a" * 20, 16)  # 40 bytes, as drivers load it


def by_definition(data: bytes) -> int:
    """The key's window of 32 bits at every bit that is set."""
    number, result = int.from_bytes(data, "big"), 0
    for place in range(len(data) * 8):
        if number >> len(data) * 8 - 1 - place & 1:
            result ^= KEY >> 320 - 32 - place & 0xFFFF_FFFF
    return result


@given(st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=18))
def test_the_hash_of_all_words_is_that_of_their_xor(words: list[int]) -> None:
    folded = 0
    for word in words:
        folded ^= word
    assert toeplitz(folded) == by_definition(b"".join(word.to_bytes(2, "big") for word in words))
