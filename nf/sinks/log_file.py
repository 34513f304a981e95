"""A log file that several processes append to, turned over by whichever of them finds it full.

A batch of lines is one write to a descriptor in append mode, so lines never mix. Whoever turns the files over holds the
tally's lock, renames, and raises the file's generation; every other process sees that before its next write and opens
the new file. One that is just then writing still has the renamed file open, so its lines stand there: none is lost.
"""

import contextlib
import errno
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nf.sinks.tally import Tally

_LOOK: Final = 1 << 16  # bytes that a process writes before it looks how long the file has become
_UNITS: Final = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
LEAST_SIZE: Final = 10 << 10  # bytes; Junos's least too, for `syslog archive size`
LEAST_FILES, MOST_FILES = 2, 1000


@dataclass(frozen=True, slots=True)
class Rotation:
    """When files are turned over (Junos: `size`, `files`): bytes a file; how many, with the present one."""

    size: int = 100 << 20
    files: int = 3

    @classmethod
    def read(cls, size: str, files: int) -> "Rotation":
        """From an operator's words, such as 100m; ValueError says what was expected."""
        found = re.fullmatch(r"(\d{1,12})([kmg]?)", size.lower())
        number = int(found[1]) * _UNITS[found[2]] if found else 0
        if number < LEAST_SIZE:
            raise ValueError(f"size {size}: expected bytes, at least 10k, such as 500k, 100m or 1g")
        if not LEAST_FILES <= files <= MOST_FILES:
            raise ValueError(f"files {files}: expected {LEAST_FILES} to {MOST_FILES}")
        return cls(number, files)


class LogFile:
    """One file; `generation` is the number of the tally that tells which file of that name is the present one."""

    def __init__(self, path: Path, rotation: Rotation, tally: Tally, generation: int, mode: int = 0o640) -> None:
        self._path, self._rotation, self._tally, self._cell, self._mode = path, rotation, tally, generation, mode
        self._fd = -1
        self._unlooked = 0
        self._look = min(_LOOK, max(1, rotation.size // 16))
        self._open()

    def write(self, lines: bytes) -> str:
        """Append whole lines; why they could not all be written, nothing where they were."""
        if self._tally[self._cell] != self._generation:
            with contextlib.suppress(OSError):  # then the lines go where they went
                self._open()
        try:
            written = os.write(self._fd, lines)
        except OSError as error:
            return os.strerror(error.errno or errno.EIO)
        self._unlooked += written
        if self._unlooked >= self._look:
            self._unlooked = 0
            with contextlib.suppress(OSError):
                self._turn_over()
        return "" if written == len(lines) else os.strerror(errno.ENOSPC)

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._fd)
        self._fd = -1  # a line that comes all the same goes nowhere, and not into another file

    def _open(self) -> None:
        self._generation = self._tally[self._cell]
        fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, self._mode)
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = fd

    def _turn_over(self) -> None:
        mine = os.fstat(self._fd)
        if not stat.S_ISREG(mine.st_mode) or mine.st_size < self._rotation.size:
            return
        with self._tally.locked():
            if self._tally[self._cell] == self._generation and os.path.samestat(mine, self._path.stat()):
                self._rename()
                self._tally.next(self._cell)
        self._open()

    def _rename(self) -> None:
        """Junos's numbers: the newest of the old files is `.0`; the oldest is overwritten."""
        for number in range(self._rotation.files - 2, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                self._numbered(number - 1).replace(self._numbered(number))
        self._path.replace(self._numbered(0))

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")
