"""How these commands fail: one line, and a status that is not that of a bad verdict."""

import sys
from typing import NoReturn

import typer

OPERATOR_ERROR = 2


def fail(message: str) -> NoReturn:
    """Say what is wrong with what was asked."""
    print(f"srxnf pki: {message}", file=sys.stderr)
    raise typer.Exit(OPERATOR_ERROR)
