"""Shared numbers: exact whoever counts, and a lock that a dead process does not keep."""

import os
import signal

from nf.sinks.tally import Tally
from tests.sinks.test_log_file import in_processes


def test_processes_count_together() -> None:
    tally = Tally(2)
    in_processes(4, lambda index: [tally.add(index % 2) for _ in range(500)] and None)
    assert (tally[0], tally[1]) == (1000, 1000)


def test_a_process_that_dies_gives_the_lock_back() -> None:
    tally = Tally(1)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        with tally.locked():
            os.write(writing, b"x")
            signal.pause()
        os._exit(0)
    assert os.read(reading, 1) == b"x"
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    tally.add(0, 7)
    assert tally[0] == 7
    for fd in (reading, writing):
        os.close(fd)


def test_no_numbers_at_all() -> None:
    with Tally(0).locked():
        pass
