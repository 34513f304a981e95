"""The model against what others published: predicted, published, error, source, one row for each point.

In: `points.toml` and the platforms' published ceilings. Out: rows, and the same as a Markdown table. A box is fitted
on two sheet figures (or taken as it ships); everything else is predicted. No row has a knob of its own.
"""

from hwmodel.validation.rows import Row, markdown, validate

__all__ = ["Row", "markdown", "validate"]
