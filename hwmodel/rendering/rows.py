"""A report as rows, one for each thread and second: CSV for every program, Parquet for large ones.

Beside a CSV file goes a second one with every figure that was used; Parquet has them in its metadata.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from hwmodel.document import ModelError
from hwmodel.platform import Platform
from hwmodel.report import Report

COLUMNS = ("platform", "distribution", "seed", "second", "spu", "thread", "load", "sessions", "created", "refused", "dropped")
FIGURES = ("platform", "figure", "value", "unit", "kind", "source")


def rows(report: Report) -> Iterator[tuple[str | int | float, ...]]:
    """`load` is of the thread; `sessions` (at the second's end), `created`, `refused` and `dropped` are of its SPU."""
    series, whole = report.series, (report.platform.name, report.distribution, report.seed)
    for spu, threads in zip(report.spus, series.load, strict=True):
        for thread, loads in enumerate(threads):
            for second, load in enumerate(loads):
                counts = (line[spu.spu][second] for line in (series.sessions, series.created, series.refused, series.dropped))
                yield (*whole, second, spu.name, thread, round(load, 6), *map(int, counts))


def write_csv(report: Report, path: Path) -> None:
    """A file with a header and all rows, and NAME.figures.csv beside it. Raises OSError."""
    _write(path, COLUMNS, rows(report))
    _write(path.with_suffix(f".figures{path.suffix}"), FIGURES, figures(report.platform))


def figures(platform: Platform) -> Iterator[tuple[str | float, ...]]:
    """Every figure of a platform with its provenance."""
    for key, figure in platform.figures.items():
        yield platform.name, key, figure.value, figure.unit, figure.kind.value, figure.source


def _write(path: Path, header: Iterable[str], lines: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(lines)


def write_parquet(report: Report, path: Path) -> None:
    """The same as one Parquet file; needs pyarrow. Raises ModelError where it is not installed, OSError."""
    columns = zip(*rows(report), strict=True)
    write_columns(dict(zip(COLUMNS, map(list, columns), strict=True)), [report.platform], path)


def write_columns(columns: dict[str, list[object]], platforms: Iterable[Platform], path: Path) -> None:
    """Columns as Parquet, with the figures of platforms, those that were assumed apart, as JSON in its metadata."""
    try:
        import pyarrow  # noqa: PLC0415  # an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise ModelError("", "--parquet", "needs pyarrow: pip install 'srxnf[parquet]'") from None
    known = list(platforms)
    told = {
        "figures": [dict(zip(FIGURES, row, strict=True)) for platform in known for row in figures(platform)],
        "assumed": {platform.name: list(platform.assumed) for platform in known},
    }
    table = pyarrow.table(columns).replace_schema_metadata({key: json.dumps(value) for key, value in told.items()})
    parquet.write_table(table, path)
