"""What every command has in common."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from nf.cli.main import app


def leaves(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Each command that does something, and what its help says."""
    below = getattr(command, "commands", {})
    for name, one in below.items():
        yield from leaves(one, (*words, name))
    if not below:
        yield " ".join(words), f"{command.help}\n{command.epilog}"


@pytest.mark.parametrize(("name", "told"), [*leaves(typer.main.get_command(app))])
def test_its_help_gives_an_example(name: str, told: str) -> None:
    assert "Example" in told
    assert f"srxnf {name}" in told
