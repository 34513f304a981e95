"""Standard error that never fails: on a full disk, or with nobody there to read, a line is lost and no session with it."""

import contextlib
import io
import os
import sys


class StandardError(io.TextIOBase):
    """Writes at once, as much as goes."""

    def write(self, text: str) -> int:
        """Write it, or lose it."""
        with contextlib.suppress(OSError):
            os.write(2, text.encode(errors="backslashreplace"))
        return len(text)

    def writable(self) -> bool:
        """It is there for that."""
        return True

    def fileno(self) -> int:
        """Of the process's standard error."""
        return 2

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(2)


def install() -> None:
    """From now on for whatever this process and its children say."""
    sys.stderr = StandardError()
