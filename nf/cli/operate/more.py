"""Long output, a screen at a time."""

import os
import sys
import termios
import tty
from collections.abc import Callable, Sequence
from typing import Final

MORE: Final = "---(more)---"
_ERASE: Final = f"\r{' ' * len(MORE)}\r"


def page(lines: Sequence[str], height: int, write: Callable[[str], None], key: Callable[[], str]) -> None:
    """Write lines; after each screen of `height` rows a key is asked for: space a screen, Enter a line, q the end."""
    room = max(1, height - 1)
    for number, line in enumerate(lines):
        if not room:
            write(MORE)
            pressed = key()
            write(_ERASE)
            if pressed in ("q", "Q", "\x03", "\x04", ""):
                return
            room = 1 if pressed in ("\r", "\n") else min(max(1, height - 1), len(lines) - number)
        write(f"{line}\n")
        room -= 1


def pressed_key() -> str:
    """One key from the terminal on standard input, without Enter; Ctrl-C is one too."""
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setraw(terminal, termios.TCSADRAIN)
        return os.read(terminal, 1).decode("ascii", "replace")
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
