"""`srxnf model validate`: what the model says against what was published."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from nf.cli.model_inputs import JsonOption, show, told


def validate(
    as_markdown: Annotated[bool, typer.Option("--markdown", help="As a table for documents.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show predicted and published figures, the error of each, and its source; misses are shown as misses."""
    from hwmodel import validation

    with told():
        rows = validation.validate()
        if as_markdown:
            typer.echo(validation.markdown(rows))
        elif as_json:
            listed = [asdict(row) | {"kind": row.kind.value, "error": row.error, "missed": row.missed} for row in rows]
            typer.echo(json.dumps(listed, indent=2))
        else:
            from nf.cli.model_tables import validation_table

            show(validation_table(rows))
