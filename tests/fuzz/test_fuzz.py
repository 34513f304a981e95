"""Each fuzz target on its seeds and on what hypothesis makes of these; `make fuzz` goes on from here for longer."""

from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = sorted(file.stem.removeprefix("fuzz_") for file in Path(__file__).parent.glob("fuzz_*.py"))


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """Some bytes of a seed replaced, left out, or put in twice."""
    data = bytearray(seed)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        data[at:at + draw(st.integers(0, 8))] = draw(st.one_of(st.binary(max_size=8), st.just(bytes(data[at:at + 40]))))
    return bytes(data[:draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@pytest.mark.parametrize("name", NAMES)
def test_target_holds(name: str) -> None:
    target = import_module(f"tests.fuzz.fuzz_{name}")
    seeds = target.seeds()
    for seed in seeds:
        target.one_input(seed)

    @settings(max_examples=60, deadline=None)
    @given(st.sampled_from(seeds).flatmap(damaged))
    def try_all(data: bytes) -> None:
        target.one_input(data)

    try_all()
