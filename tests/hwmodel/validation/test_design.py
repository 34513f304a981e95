"""DESIGN.md shows the table as it comes out today."""

from pathlib import Path

from hwmodel.validation import markdown, validate


def test_the_design_shows_todays_predictions() -> None:
    design = Path(__file__).parents[3] / "DESIGN.md"
    assert markdown(validate()) in design.read_text(encoding="utf-8")
