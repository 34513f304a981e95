"""A web server at port 8000 of the loopback with the files that lie in `published` beside the configuration."""

import sys
from collections.abc import Mapping
from pathlib import Path

PACKAGE = ""
READY = "Serving HTTP"


def command(home: Path, options: Mapping[str, str]) -> list[str]:  # noqa: ARG001 - there is nothing to choose
    """Its directory is there before it, with `beside`."""
    return [sys.executable, "-u", "-P", "-m", "http.server", "8000", "--bind", "127.0.0.1", "--directory",
            str(home.parent / "published")]
