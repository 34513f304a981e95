"""All outputs of one program: files, standard output, and the queue to the process that feeds syslog servers."""

import errno
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from nf.log.records import LogRecord
from nf.log.render import Batches, json_lines, structured_lines
from nf.sinks.log_file import LogFile, Rotation
from nf.sinks.outage import Outage
from nf.sinks.queue import Queue
from nf.sinks.sender import Sender
from nf.sinks.tally import Tally
from nf.sinks.targets import Target

Render: TypeAlias = Callable[[Batches, str], list[str]]

_STANDARD_OUTPUT: Final = "standard output"
_QUEUE: Final = "queue to syslog servers"


class Sinks:
    """Made before the workers fork; `write` in each of them costs one write a file and one message to the queue."""

    def __init__(self, host_name: str, paths: tuple[Path, ...], rotation: Rotation | None = None,
                 targets: Sequence[Target] = ()) -> None:
        self._host_name = host_name
        self._names = [*(map(str, paths) if paths else (_STANDARD_OUTPUT,)),
                       *(f"stream {target.name}" for target in targets), _QUEUE]
        self._tally = Tally(3 * len(self._names))  # lines lost by each output, their files' generations, their outages
        generations = len(self._names)
        self._outages = [Outage(name, self._tally, 2 * generations + at) for at, name in enumerate(self._names)]
        self._outputs: list[tuple[Callable[[bytes], str], Render]] = [
            (LogFile(path, rotation or Rotation(), self._tally, generations + at).write, _format(path))
            for at, path in enumerate(paths)]
        if not paths:
            self._outputs.append((_to_standard_output, structured_lines))
        self._files = len(paths)
        self._queue = Queue() if targets else None
        self._targets = tuple(targets)

    def write(self, records: Sequence[LogRecord]) -> None:
        """Write the records with the present time; a full disk or a server that is away loses lines, never sessions."""
        if records:
            self.write_batches([(datetime.now(UTC), records)])

    def write_batches(self, batches: Sequence[tuple[datetime, Sequence[LogRecord]]]) -> None:
        """Write records of several times in one go."""
        for index, (write, render) in enumerate(self._outputs):
            lines = render(batches, self._host_name)
            why = write("\n".join([*lines, ""]).encode())
            if why:
                self._tally.add(index, len(lines))
                self._outages[index].goes_on(why)
            else:
                self._outages[index].may_be_over()
        if self._queue is not None:
            lost = sum(self._queue.put(records, at) for at, records in batches)
            if lost:
                self._tally.add(len(self._names) - 1, lost)

    def reopen(self) -> None:
        """Have every process open its files anew before its next line: their names may belong to other files now."""
        with self._tally.locked():
            for at in range(self._files):
                self._tally.next(len(self._names) + at)

    def lost_by(self) -> dict[str, int]:
        """Records that could not be written, by output, of all processes; outputs that lost none are left out."""
        return {name: self._tally[at] for at, name in enumerate(self._names) if self._tally[at]}

    @property
    def lost(self) -> int:
        """Records that could not be written, all outputs together."""
        return sum(self.lost_by().values())

    def sender(self) -> Sender | None:
        """What feeds the syslog servers, to be run in a process of its own; None where there are none."""
        if self._queue is None:
            return None
        first = max(1, self._files)
        return Sender(self._queue, self._host_name, [
            target.link(partial(self._tally.add, first + at)) for at, target in enumerate(self._targets)])

    def descriptors(self) -> list[int]:
        """Those that the sender's process needs."""
        return [*self._tally.descriptors(), *(self._queue.descriptors() if self._queue is not None else ())]

    def close(self) -> None:
        """No more records come from this process: once that holds for all, the sender ends."""
        if self._queue is not None:
            self._queue.close()


def _to_standard_output(lines: bytes) -> str:
    try:
        return "" if os.write(1, lines) == len(lines) else os.strerror(errno.ENOSPC)
    except OSError as error:
        return os.strerror(error.errno or errno.EIO)


def _format(path: Path) -> Render:
    return json_lines if path.suffix in {".json", ".jsonl"} else structured_lines
