"""Tables of the model's commands that belong to no report."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from hwmodel.validation import Row


def validation_table(rows: "Sequence[Row]") -> Table:
    """Predicted against published; a promise that was not kept is red."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("platform", "what", "predicted", "published", "unit", "error %", "bound %", "", "kind", "fitted on",
                  "source"):
        number = title in ("predicted", "published", "error %", "bound %")
        table.add_column(title, justify="right" if number else "left", overflow="fold")
    for row in rows:
        published = _number(row.published_low)
        if row.published_high != row.published_low:
            published += f" to {_number(row.published_high)}"
        bound = "" if row.bound is None else f"{100 * row.bound:.0f}"
        verdict, style = ("missed", "red") if row.missed else ("", "")
        table.add_row(row.platform, row.what, _number(row.predicted), published, row.unit, f"{100 * row.error:+.1f}", bound,
                      verdict, row.kind.value, row.fit, row.source, style=style)
    return table


def _number(value: float) -> str:
    """Three digits at least, thousands told apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
