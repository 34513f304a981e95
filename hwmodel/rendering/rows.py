"""A report as rows, one for each thread and second: CSV for every program, Parquet for large ones."""

import csv
from collections.abc import Iterator
from pathlib import Path

from hwmodel.document import ModelError
from hwmodel.report import Report

COLUMNS = ("platform", "distribution", "seed", "second", "spu", "thread", "load", "sessions", "created", "refused")


def rows(report: Report) -> Iterator[tuple[str | int | float, ...]]:
    """`load` is of the thread; `sessions` (at the second's end), `created` and `refused` are of its SPU."""
    series, whole = report.series, (report.platform.name, report.distribution, report.seed)
    for spu, threads in zip(report.spus, series.load, strict=True):
        for thread, loads in enumerate(threads):
            for second, load in enumerate(loads):
                counts = (line[spu.spu][second] for line in (series.sessions, series.created, series.refused))
                yield (*whole, second, spu.name, thread, round(load, 6), *map(int, counts))


def write_csv(report: Report, path: Path) -> None:
    """A file with a header and all rows. Raises OSError."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows(report))


def write_parquet(report: Report, path: Path) -> None:
    """The same as Parquet; needs pyarrow. Raises ModelError where it is not installed, OSError."""
    try:
        import pyarrow  # noqa: PLC0415  # an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise ModelError("", "--parquet", "needs pyarrow: pip install 'srxnf[parquet]'") from None
    columns = zip(*rows(report), strict=True)
    parquet.write_table(pyarrow.table(dict(zip(COLUMNS, map(list, columns), strict=True))), path)
