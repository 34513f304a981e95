"""Numbers that several processes share: lines lost by each output, and which file of a name is the present one."""

import fcntl
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager


class Tally:
    """Numbers from zero; processes forked later share them. Reading costs next to nothing, changing takes the lock."""

    def __init__(self, size: int) -> None:
        self._fd = os.memfd_create("srxnf-log-tally", os.MFD_CLOEXEC)
        os.ftruncate(self._fd, max(1, 8 * size))
        self._cells = memoryview(mmap.mmap(self._fd, max(1, 8 * size))).cast("Q") if size else memoryview(b"")

    def __getitem__(self, index: int) -> int:
        number: int = self._cells[index]
        return number

    def add(self, index: int, number: int = 1) -> None:
        """Add to a number."""
        with self.locked():
            self._cells[index] += number

    def swap(self, index: int, number: int) -> int:
        """Put a number in place of another one, which is returned."""
        with self.locked():
            before: int = self._cells[index]
            self._cells[index] = number
        return before

    def next(self, index: int) -> None:
        """Add one while the lock is held."""
        self._cells[index] += 1

    def close(self) -> None:
        """Give the descriptor back; the numbers can be read, not changed."""
        os.close(self._fd)
        self._fd = -1

    def descriptors(self) -> list[int]:
        """The file whose lock is taken."""
        return [self._fd]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone among all processes; a process that dies gives the lock back. Not to be nested."""
        fcntl.lockf(self._fd, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._fd, fcntl.LOCK_UN)
