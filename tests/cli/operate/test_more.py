"""Output a screen at a time."""

import pytest

from nf.cli.operate.more import MORE, page

LINES = [str(number) for number in range(10)]


def paged(keys: str, height: int = 5) -> tuple[list[str], int]:
    """The lines that were shown when these keys are pressed, and how often one was asked for."""
    written: list[str] = []
    pressed = iter(keys)
    page(LINES, height, written.append, lambda: next(pressed))
    return [text[:-1] for text in written if text.endswith("\n")], written.count(MORE)


@pytest.mark.parametrize(("keys", "shown", "stops"), [
    ("  ", 10, 2), (" q", 8, 2), ("\rq", 5, 2), ("q", 4, 1), ("\x03", 4, 1), ("\r\r\r\r\r\r", 10, 6)])
def test_keys(keys: str, shown: int, stops: int) -> None:
    assert paged(keys) == (LINES[:shown], stops)


def test_what_fits_is_not_stopped_at() -> None:
    assert paged("", height=11) == (LINES, 0)


def test_a_terminal_of_one_row() -> None:
    assert paged(" " * 9, height=1) == (LINES, 9)
