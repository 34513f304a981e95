"""The tables in which sites are looked up: the operator's own, read again when they change, before the one that is shipped."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nf.policy.url_table import Site, UrlTable, shipped_table


@dataclass(slots=True)
class _File:
    table: UrlTable | None = None
    changed: tuple[int, int] | None = None  # when, and how large it was then
    error: str = ""


class UrlTables:
    """The operator's files by path; one that turns bad keeps what it had."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._files = {path: _File() for path in paths if path}
        self.refresh()

    def ready(self, path: str) -> bool:
        """Whether sites can be looked up for a profile with this file, or with none."""
        return not path or self._files[path].table is not None

    def find(self, path: str, host: str) -> Site | None:
        """What is known of a host."""
        own = self._files[path].table if path else None
        return (own.find(host) if own is not None else None) or shipped_table().find(host)

    def refresh(self) -> None:
        """Read again what has changed."""
        for path, file in self._files.items():
            try:
                known = Path(path).stat()
                changed = known.st_mtime_ns, known.st_size
                if changed != file.changed:
                    file.changed = changed
                    file.table, file.error = UrlTable.read(Path(path).read_text(encoding="utf-8")), ""
            except OSError as error:
                file.error = error.strerror or str(error)
            except ValueError as error:
                file.error = str(error)

    def errors(self) -> Iterator[str]:
        """What is wrong with them, a line each."""
        return (f"url-table {path}: {file.error}" for path, file in self._files.items() if file.error)
