"""The prompt on a real terminal."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network

SRXNF = Path(sys.executable).with_name("srxnf")
PATIENCE = 20.0


class Terminal:
    """`srxnf cli` on a pseudo-terminal of 24 rows; what it draws is kept without control sequences and blanks."""

    def __init__(self, control: Path) -> None:
        self.fd, theirs = pty.openpty()
        environment = {**os.environ, "TERM": "xterm", "LINES": "24", "COLUMNS": "120", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self.process = subprocess.Popen([SRXNF, "cli", "--control", control], stdin=theirs, stdout=theirs,
                                        stderr=theirs,
                                        env=environment, start_new_session=True)
        os.close(theirs)
        self.seen = ""

    def press(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def wait_for(self, text: str) -> None:
        """Until this is drawn after what was waited for last; blanks may be drawn as moves of the cursor."""
        wanted, deadline = "".join(text.split()), time.monotonic() + PATIENCE
        while wanted not in self.seen:
            assert time.monotonic() < deadline, f"{text!r} not in {self.seen!r}"
            if select.select([self.fd], [], [], 0.5)[0]:
                drawn = os.read(self.fd, 65536).decode()
                self.seen += "".join(re.sub(r"\x1b(\[[0-?]*[ -/]*[@-~]|[@-_])", "", drawn).split())
        self.seen = self.seen.partition(wanted)[2]

    def status(self) -> int:
        return self.process.wait(PATIENCE)


@pytest.fixture
def terminal(network: Network) -> Iterator[Terminal]:
    terminal = Terminal(network.proxy.control)
    terminal.wait_for("@srx>")
    yield terminal
    terminal.process.kill()
    terminal.process.wait()
    os.close(terminal.fd)


def test_a_command_by_prefixes_and_spaces(terminal: Terminal) -> None:
    terminal.press("sh sec zo tru\t| m Zone\r")
    terminal.wait_for("Security zone: trust")
    terminal.wait_for("@srx>")
    terminal.press("\x04")
    assert terminal.status() == 0


def test_question_mark_answers_at_once_and_keeps_the_line(terminal: Terminal) -> None:
    terminal.press("show security ?")
    terminal.wait_for("Possible completions:")
    terminal.wait_for("policies    Security policies")
    terminal.wait_for("show security ")
    terminal.press("zones\r")
    terminal.wait_for("Security zone: trust")
    terminal.press("exit\r")
    assert terminal.status() == 0


def test_errors_are_marked_and_ctrl_c_gives_up_the_line(terminal: Terminal) -> None:
    terminal.press("show s\r")
    terminal.wait_for("^")
    terminal.wait_for("'s' is ambiguous.")
    terminal.wait_for("@srx>")
    terminal.press("clear security flow\x03")
    terminal.wait_for("@srx>")
    terminal.press("show version\r")
    terminal.wait_for("Hostname: srx")
    terminal.press("quit\r")
    assert terminal.status() == 0


def test_long_output_stops_at_the_end_of_the_screen(terminal: Terminal) -> None:
    terminal.press("show security monitoring performance session\r")
    terminal.wait_for("---(more)---")
    terminal.press("q")
    terminal.wait_for("@srx>")
    terminal.press("show security monitoring performance session | no-more | match pic..3\r")
    terminal.wait_for("fpc  1  pic  3")
    terminal.press("exit\r")
    assert terminal.status() == 0
