"""A report as one HTML file that needs nothing else: findings, plots, tables, and where every figure comes from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hwmodel.platform import Kind, Platform
from hwmodel.rendering.plots import plots
from hwmodel.rendering.words import busiest_thread, first_limit, interruptions, refusals, time_text, value_text
from hwmodel.report import Report, SpuReport

TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
                    keep_trailing_newline=True)


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of a table, and how they are marked."""

    cells: tuple[str, ...]
    style: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of a page; `numbers` are the columns that are aligned to the right."""

    title: str
    titles: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: frozenset[int] = field(default_factory=frozenset)


def report_page(report: Report, remarks: Sequence[str] = ()) -> str:
    """All of a report; `remarks` are further findings, such as where the box saturates."""
    return page(
        f"{report.platform.name}, {report.distribution}, seed {report.seed}",
        report.platform.description,
        (*_findings(report), *remarks),
        plots(report),
        (_spus(report), provenance(report.platform)),
    )


def page(
    title: str, lead: str, findings: Sequence[str], drawings: Sequence[str], listings: Sequence[Listing]
) -> str:
    """A page of sentences, drawings and tables."""
    return TEMPLATES.get_template("page.html.jinja").render(
        title=title, lead=lead, findings=findings, plots=drawings, tables=listings)


def provenance(platform: Platform) -> Listing:
    """Every figure of a platform and how it is known, assumed ones first."""
    ordered = sorted(platform.figures.items(), key=lambda entry: -list(Kind).index(entry[1].kind))
    rows = tuple(Row((key, value_text(figure), figure.unit, figure.kind.value, figure.source), f"kind-{figure.kind.value}")
                 for key, figure in ordered)
    return Listing(f"Figures of {platform.name}: {len(platform.assumed)} assumed, not measured",
                   ("figure", "value", "unit", "kind", "source"), rows, frozenset({1}))


def _findings(report: Report) -> tuple[str, ...]:
    totals = report.totals
    load = (f"{totals.offered:,} sessions were offered in {report.duration:g} s ({totals.offered / report.duration:,.0f} CPS), "
            f"{totals.created:,} created; {refusals(report)}. At most {totals.peak_sessions:,} lived at once.")
    waits = (f"Packets waited {time_text(report.delays.mean)} for their thread in the mean, "
             f"and 99 in 100 not longer than {time_text(report.delays.p99)}.")
    return load, waits, *interruptions(report), _sentence(first_limit(report))


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _spus(report: Report) -> Listing:
    titles = ("SPU", "role", "weight %", "share %", "created", "failed", "peak", "maximum", "CPU %", "peak %", "thread %")
    rows = tuple(_row(spu, busiest_thread(report, number)) for number, spu in enumerate(report.spus))
    return Listing("SPUs (thread: the busiest one)", titles, rows, frozenset(range(2, 11)))


def _row(spu: SpuReport, busiest: float) -> Row:
    cells = (spu.name, spu.role, f"{100 * spu.weight_share:.1f}", f"{100 * spu.share:.1f}", f"{spu.created:,}",
             f"{spu.failed:,}", f"{spu.peak_sessions:,}", f"{spu.max_sessions:,}", f"{100 * spu.mean_load:.1f}",
             f"{100 * spu.peak_load:.1f}", f"{100 * busiest:.1f}")
    return Row(cells, "bad" if spu.overloaded or busiest > 1 else "")
