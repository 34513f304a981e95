"""Log files: both forms, appended to, whole lines from several processes, and a full disk that costs lines only."""

import json
import os
from pathlib import Path

import pytest

from nf.log.records import LogRecord
from nf.log.render import read_structured
from nf.sinks import Sinks

RECORD = LogRecord.of("RT_FLOW", "RT_FLOW_SESSION_CREATE", 14, (("source-port", "1"), ("message", "line\nfeed")))
PROCESSES, LINES = 4, 300


def test_the_files_name_chooses_the_form(tmp_path: Path) -> None:
    paths = tmp_path / "a.log", tmp_path / "b.jsonl", tmp_path / "c.json"
    Sinks("srx", paths).write((RECORD, RECORD))
    for path in paths:
        lines = path.read_text().splitlines()
        assert len(lines) == 2
        if path.suffix == ".log":
            assert read_structured(lines[0]) == RECORD
        else:
            assert json.loads(lines[0])["name"] == RECORD.name
        assert path.stat().st_mode & 0o777 == 0o640


def test_what_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("before\n")
    Sinks("srx", (path,)).write([RECORD])
    assert path.read_text().startswith("before\n<14>1 ")


def test_without_files_it_is_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    Sinks("srx", ()).write((RECORD,))
    assert read_structured(capfd.readouterr().out) == RECORD


def test_nothing_is_written_for_nothing(tmp_path: Path) -> None:
    Sinks("srx", (tmp_path / "log",)).write(())
    assert not (tmp_path / "log").read_text()


def test_lines_of_several_processes_never_mix(tmp_path: Path) -> None:
    sinks = Sinks("srx", (tmp_path / "log",))
    long = LogRecord.of("RT_FLOW", "NAME", 14, (("message", "x" * 9000),))
    children = []
    for _ in range(PROCESSES):
        pid = os.fork()
        if pid == 0:
            for _ in range(LINES):
                sinks.write((RECORD, long))
            os._exit(0)
        children.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * PROCESSES
    records = [read_structured(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert records.count(RECORD) == records.count(long) == PROCESSES * LINES
    assert len(records) == 2 * PROCESSES * LINES


def test_a_full_disk_loses_lines_and_counts_them() -> None:
    sinks = Sinks("srx", (Path("/dev/full"),))
    sinks.write((RECORD, RECORD))
    sinks.write((RECORD,))
    assert sinks.lost == 3


def test_a_full_disk_is_told_once_and_so_is_its_end(
        tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nf.sinks.outage.CALM", 0)
    path = tmp_path / "log"
    path.symlink_to("/dev/full")
    sinks = Sinks("srx", (path,))
    sinks.write((RECORD,))
    sinks.write((RECORD,))
    assert capfd.readouterr().err == (
        f"srxnf: log {path}: No space left on device; lines are lost until it can be written again\n")
    path.unlink()
    sinks.reopen()
    sinks.write((RECORD,))
    sinks.write((RECORD,))
    assert capfd.readouterr().err == f"srxnf: log {path}: is written again\n"
    assert (sinks.lost, len(path.read_text().splitlines())) == (2, 2)


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        Sinks("srx", (tmp_path / "no" / "log",))
    assert missing.value.filename == str(tmp_path / "no" / "log")
