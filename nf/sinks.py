"""Where log records go: files of structured syslog or JSON lines, appended to by every process line by line."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from nf.log.records import LogRecord
from nf.log.render import json_line, structured

Render: TypeAlias = Callable[[LogRecord, datetime, str], str]


class Sinks:
    """Opened before the workers fork; each line is one write to a descriptor in append mode, so lines never mix."""

    def __init__(self, host_name: str, paths: tuple[Path, ...]) -> None:
        self._host_name = host_name
        self._outputs: list[tuple[int, Render]] = [(_open(path), _format(path)) for path in paths]
        if not paths:
            self._outputs.append((1, structured))

    def write(self, records: tuple[LogRecord, ...] | list[LogRecord]) -> None:
        """Write the records with the present time; a full disk loses lines, never sessions."""
        if not records:
            return
        at = datetime.now(UTC)
        for fd, render in self._outputs:
            lines = "".join(f"{render(record, at, self._host_name)}\n" for record in records)
            try:
                os.write(fd, lines.encode())
            except OSError:
                self.lost += len(records)

    lost = 0  # records that could not be written


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)


def _format(path: Path) -> Render:
    return json_line if path.suffix in {".json", ".jsonl"} else structured
