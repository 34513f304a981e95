"""Packets into a pcapng file: for its owner alone, in whole blocks, so that several processes may write to it."""

import contextlib
import os
import stat
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from nf.protocols import pcapng

_FLAGS: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


def blocks(frames: Sequence[bytes]) -> bytes:
    """Frames as blocks, seen now."""
    now = time.time()
    return b"".join(pcapng.enhanced_packet(frame, now) for frame in frames)


def beginning(interface: str) -> bytes:
    """What stands before the first packet of a file or a stream."""
    return pcapng.section_header() + pcapng.interface_description(interface)


class PcapFile:
    """Begins a section of its own in a file that is there already. OSError says what is wrong with the file."""

    def __init__(self, path: Path, interface: str) -> None:
        self.path = path
        self._fd = os.open(path, _FLAGS, 0o600)
        mode = os.fstat(self._fd).st_mode
        if not stat.S_ISREG(mode) or mode & (stat.S_IRWXG | stat.S_IRWXO):
            os.close(self._fd)
            raise OSError(0, "expected a file of its own that is closed to others (chmod 600)", str(path))
        os.write(self._fd, beginning(interface))

    def write(self, frames: Sequence[bytes]) -> None:
        """Append frames; a full disk costs them, never a session."""
        with contextlib.suppress(OSError):
            os.write(self._fd, blocks(frames))

    def close(self) -> None:
        """Write no more."""
        os.close(self._fd)
