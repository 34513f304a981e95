"""Captures of single sessions: a pcapng file for each, for its owner alone, in directories that do not grow without end."""

import os
import sys
from pathlib import Path
from typing import Final

from nf.services import Capture

_FLAGS: Final = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
_PATTERN: Final = "*.pcapng"


def keep(capture: Capture) -> None:
    """Write blocks; where that cannot be they are lost, which is told of."""
    directory = Path(capture.directory)
    try:
        if capture.begins:
            _make_room(directory, capture)
        _append(directory / capture.name, capture)
    except FileNotFoundError:
        if capture.begins:
            _complain(directory, "no such directory")
    except OSError as error:
        _complain(directory, str(error.strerror))


def _append(path: Path, capture: Capture) -> None:
    fd = os.open(path, _FLAGS | (os.O_CREAT | os.O_EXCL if capture.begins else 0), 0o600)
    try:
        if os.fstat(fd).st_size < capture.size // capture.files:  # its share: one session does not displace all others
            os.write(fd, capture.blocks)
    finally:
        os.close(fd)


def _make_room(directory: Path, capture: Capture) -> None:
    """Remove the oldest files until there is room for one more; another worker may be at it, too."""
    found = sorted((status.st_mtime, status.st_size, path) for path, status in _files(directory))
    size = sum(entry[1] for entry in found) + len(capture.blocks)
    while found and (len(found) >= capture.files or size > capture.size):
        _, freed, path = found.pop(0)
        path.unlink(missing_ok=True)
        size -= freed


def _files(directory: Path) -> list[tuple[Path, os.stat_result]]:
    found = []
    for path in directory.glob(_PATTERN):
        try:
            found.append((path, path.lstat()))
        except FileNotFoundError:  # another worker has removed it
            continue
    return found


def _complain(directory: Path, why: str) -> None:
    sys.stderr.write(f"srxnf: packets of attacks are lost: {directory}: {why}\n")
    sys.stderr.flush()
