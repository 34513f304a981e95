"""Captures of sessions: whose files they are, and how many remain."""

import os
import stat
from pathlib import Path

import pytest

from nf.services import Capture
from nf.sinks.captures import keep


def capture(directory: Path, name: str, *, begins: bool = True, blocks: bytes = b"1234", files: int = 2,
            size: int = 1000) -> Capture:
    return Capture(str(directory), f"{name}.pcapng", blocks, begins, files, size)


def test_a_file_grows_and_is_its_owners_alone(tmp_path: Path) -> None:
    keep(capture(tmp_path, "a"))
    keep(capture(tmp_path, "a", begins=False))
    assert (tmp_path / "a.pcapng").read_bytes() == b"12341234"
    assert stat.S_IMODE((tmp_path / "a.pcapng").stat().st_mode) == 0o600


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("not ours")
    for age, name in enumerate("abc"):
        keep(capture(tmp_path, name))
        os.utime(tmp_path / f"{name}.pcapng", (age, age))
    assert {path.name for path in tmp_path.iterdir()} == {"b.pcapng", "c.pcapng", "other.txt"}


def test_or_too_much_in_them(tmp_path: Path) -> None:
    for age, name in enumerate("abc"):
        keep(capture(tmp_path, name, blocks=bytes(400), files=9))
        os.utime(tmp_path / f"{name}.pcapng", (age, age))
    assert {path.name for path in tmp_path.iterdir()} == {"b.pcapng", "c.pcapng"}


def test_one_session_takes_its_share(tmp_path: Path) -> None:
    for begins in (True, False, False, False):
        keep(capture(tmp_path, "a", begins=begins, blocks=bytes(400)))
    assert (tmp_path / "a.pcapng").stat().st_size == 800


def test_what_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(capture(tmp_path / "none", "a"))
    assert f"packets of attacks are lost: {tmp_path}/none: no such directory" in capsys.readouterr().err
    keep(capture(tmp_path, "gone", begins=False))
    assert not list(tmp_path.iterdir())


def test_no_link_is_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.pcapng").symlink_to(tmp_path / "elsewhere")
    keep(capture(tmp_path, "a"))
    assert not (tmp_path / "elsewhere").exists()
    assert "packets of attacks are lost" in capsys.readouterr().err
