"""Files that several processes fill and turn over: nothing lost, nothing mixed, no more files than asked for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from nf.sinks.log_file import LogFile, Rotation
from nf.sinks.tally import Tally

SMALL = Rotation(4096, 4)
PROCESSES, BATCHES = 4, 150


def log_file(path: Path, rotation: Rotation = SMALL, tally: Tally | None = None) -> LogFile:
    return LogFile(path, rotation, tally or Tally(1), 0)


def in_processes(number: int, work: Callable[[int], None]) -> None:
    """The same in several processes at once; each must end well."""
    children = []
    for index in range(number):
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                work(index)
                status = 0
            finally:
                os._exit(status)
        children.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * number


def test_a_full_file_gets_a_number_and_the_oldest_goes(tmp_path: Path) -> None:
    file = log_file(tmp_path / "log")
    for number in range(1000):
        assert not file.write(b"%039d\n" % number)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "log.0", "log.1", "log.2"]
    newest_last = b"".join((tmp_path / name).read_bytes() for name in ("log.2", "log.1", "log.0", "log"))
    numbers = list(map(int, newest_last.split()))
    assert numbers == list(range(numbers[0], 1000))
    sizes = [(tmp_path / f"log.{number}").stat().st_size for number in range(3)]
    assert all(4096 <= size < 4096 + 256 + 40 for size in sizes)


def test_processes_lose_and_mix_nothing_while_they_turn_files_over(tmp_path: Path) -> None:
    file = log_file(tmp_path / "log", Rotation(4096, 1000))

    def work(index: int) -> None:
        for batch in range(BATCHES):
            assert not file.write(b"".join(b"%d %d %d %s\n" % (index, batch, line, b"x" * 50) for line in range(3)))

    in_processes(PROCESSES, work)
    lines = [line for path in tmp_path.iterdir() for line in path.read_text().splitlines()]
    assert all(line.endswith(" " + "x" * 50) for line in lines)
    assert sorted(tuple(map(int, line.split()[:3])) for line in lines) == [
        (index, batch, line) for index in range(PROCESSES) for batch in range(BATCHES) for line in range(3)]
    assert len(list(tmp_path.iterdir())) > 10
    assert all(path.stat().st_size < 2 * 4096 for path in tmp_path.iterdir())


def test_every_process_opens_a_moved_file_anew_once_told(tmp_path: Path) -> None:
    tally = Tally(1)
    file = log_file(tmp_path / "log", tally=tally)
    file.write(b"before\n")
    (tmp_path / "log").rename(tmp_path / "moved")
    file.write(b"not told yet\n")
    with tally.locked():
        tally.next(0)
    in_processes(2, lambda _: file.write(b"after\n") and None)
    assert (tmp_path / "moved").read_text() == "before\nnot told yet\n"
    assert (tmp_path / "log").read_text() == "after\nafter\n"


def test_a_file_moved_by_somebody_else_is_not_turned_over_again(tmp_path: Path) -> None:
    file = log_file(tmp_path / "log")
    file.write(b"x" * 4000)
    (tmp_path / "log").rename(tmp_path / "moved")
    (tmp_path / "log").write_text("theirs\n")
    file.write(b"y" * 300)
    file.write(b"z\n")
    assert not (tmp_path / "log.0").exists()
    assert (tmp_path / "log").read_text() == "theirs\nz\n"


def test_where_no_new_file_can_be_made_the_old_one_goes_on(tmp_path: Path) -> None:
    tally, directory = Tally(1), tmp_path / "d"
    directory.mkdir()
    file = log_file(directory / "log", tally=tally)
    directory.rename(tmp_path / "gone")
    with tally.locked():
        tally.next(0)
    assert not file.write(b"x" * 5000)
    assert not file.write(b"y")
    assert (tmp_path / "gone" / "log").stat().st_size == 5001


def test_what_is_no_regular_file_is_never_turned_over() -> None:
    file = log_file(Path("/dev/null"))
    for _ in range(10):
        assert not file.write(b"x" * 1000)
    assert Path("/dev/null").is_char_device()
    file.close()


@pytest.mark.parametrize(("size", "files", "expected"), [
    ("10k", 2, Rotation(10240, 2)), ("100m", 3, Rotation(100 << 20, 3)), ("1G", 1000, Rotation(1 << 30, 1000)),
    ("20000", 9, Rotation(20000, 9))])
def test_an_operators_words(size: str, files: int, expected: Rotation) -> None:
    assert Rotation.read(size, files) == expected


@pytest.mark.parametrize(("size", "files", "message"), [
    ("5", 3, "size 5: expected bytes, at least 10k"), ("ten", 3, "size ten: expected"), ("-1m", 3, "size -1m"),
    ("1t", 3, "size 1t"), ("", 3, "size : expected"), ("10m", 1, "files 1: expected 2 to 1000"),
    ("10m", 1001, "files 1001")])
def test_words_that_mean_nothing(size: str, files: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Rotation.read(size, files)
