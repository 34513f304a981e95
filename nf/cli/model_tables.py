"""Tables of the model's commands that belong to no report."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from hwmodel.validation import Row


def validation_table(rows: "Sequence[Row]") -> Table:
    """Predicted against published; a promise that was not kept is red."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("platform", "what", "predicted", "published", "unit", "error %", "bound %", "kind", "fitted on", "source"):
        table.add_column(title, justify="right" if title in ("predicted", "published", "error %", "bound %") else "left",
                         overflow="fold")
    for row in rows:
        published = f"{row.published_low:,.4g}"
        if row.published_high != row.published_low:
            published += f" to {row.published_high:,.4g}"
        bound = "" if row.bound is None else f"{100 * row.bound:.0f}"
        table.add_row(row.platform, row.what, f"{row.predicted:,.4g}", published, row.unit, f"{100 * row.error:+.1f}", bound,
                      row.kind.value, row.fit, row.source, style="red" if row.missed else "")
    return table
