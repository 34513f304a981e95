from collections.abc import Iterator

import pytest

from tests.controller.running import Running


@pytest.fixture
def running() -> Iterator[Running]:
    it = Running()
    yield it
    it.controller.stop()
    it.thread.join(10)
    assert not it.thread.is_alive()
    assert [line for line in it.rest() if not line.startswith("counted: ")] == []
