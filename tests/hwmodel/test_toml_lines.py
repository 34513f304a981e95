"""Lines of keys in TOML files."""

import tomllib

import pytest

from hwmodel.toml_lines import key_lines, line_of

TEXT = """duration = 5

[[parts]]
clients = 3
gaps = { distribution = "pareto", shape = 2 }

[[parts]]
[parts.lives]
shape = 4
[[parts.sizes]]
bytes = 1
[[parts.sizes]]
bytes = 2
[costs]
packet_us = 1
"""


def test_the_example_is_toml() -> None:
    assert len(tomllib.loads(TEXT)["parts"][1]["sizes"]) == 2


@pytest.mark.parametrize(("place", "line"), [
    ("duration", 1), ("parts[0].clients", 4), ("parts[0].gaps.shape", 5), ("parts[1].lives.shape", 9),
    ("parts[1].lives.mean", 8),
    ("parts[1].sizes[0].bytes", 11), ("parts[1].sizes[1].bytes", 13), ("costs.packet_us.value", 15), ("costs.session_us", 14),
    ("parts[2].clients", None), ("other", None),
])  # fmt: skip
def test_a_key_is_found_or_what_it_stands_in(place: str, line: int | None) -> None:
    assert line_of(place, key_lines(TEXT)) == line
