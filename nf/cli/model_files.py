"""The files that `srxnf model run` writes."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hwmodel import Report, Workload
    from hwmodel.sessions import Sessions


def write(
    report: "Report", load: "Workload | Sessions", remarks: list[str], csv: Path | None, parquet: Path | None,
    html: Path | None, replay: Path | None,
) -> None:
    """Those that were asked for. Raises ModelError, OSError."""
    if csv:
        from hwmodel.rendering.rows import write_csv

        write_csv(report, csv)
    if parquet:
        from hwmodel.rendering.rows import write_parquet

        write_parquet(report, parquet)
    if html:
        from hwmodel.rendering.page import report_page

        html.write_text(report_page(report, remarks), "utf-8")
    if replay:
        from hwmodel import Workload
        from hwmodel.rendering.replay import replay_page
        from hwmodel.workload import draw

        sessions = draw(load, report.seed) if isinstance(load, Workload) else load
        replay.write_text(replay_page(report, sessions), "utf-8")
