"""`srxnf check`: what a Junos configuration means here, what is wrong with it, and what has no effect."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nf.cli.check_pki import pki_findings, unstartable_profiles
from nf.cli.check_services import service_findings
from nf.cli.device_options import JunosRelease
from nf.cli.inputs import read_release

if TYPE_CHECKING:
    from nf.config import ConfigError, Configuration


class Form(StrEnum):
    """The two forms of Junos text."""

    SET = "set"
    CURLY = "curly"


def check(file: Annotated[Path, typer.Argument(help="Junos configuration, set or curly form")],
          json: Annotated[bool, typer.Option("--json", help="one JSON object instead of text")] = False,
          display: Annotated[Form | None, typer.Option(help="print the configuration itself in this form")] = None,
          expand: Annotated[bool, typer.Option("--expand", help="with --display: groups expanded")] = False,
          junos_release: JunosRelease = "24.4",
          pki: Annotated[Path | None, typer.Option(
              metavar="DIR", help="PKI directory: whether its certificates let every profile start.")] = None,
          ) -> None:
    """Check a configuration: errors with line and word, then what it says and which statements have no effect.

    The status is 1 as well where a profile or a service that a policy names could not start.

    Examples: srxnf check srx.conf --pki pki; srxnf check srx.conf --display curly
    """
    from nf.config import ConfigError, load, show

    if expand and display is None:
        raise typer.BadParameter("--expand shapes what --display prints: give --display set or --display curly")
    release, text = read_release(junos_release), _read(file)
    try:
        configuration = load(text, str(file), release)
        shown = show(text, str(file), display.value, expanded=expand) if display else None
    except ConfigError as error:
        errors = (error, *error.others)
        if json:
            _print_json({"file": str(file), "ok": False, "errors": [_error(each) for each in errors]})
        else:
            typer.echo("\n".join(map(str, errors)), err=True)
        raise typer.Exit(1) from None
    found = _findings(configuration, pki)
    failures = [line for kind in found.values() for line in kind["errors"]]
    if json:
        from nf.cli.summary import summary

        text_shown = {} if shown is None else {"configuration": shown}
        _print_json({"file": str(file), "ok": not failures} | summary(configuration) | text_shown | found)
    elif shown is not None:
        typer.echo(shown, nl=False)
    else:
        _print_text(file, configuration)
        for line in (line for kind in found.values() for line in kind["remarks"]):
            typer.echo(f"remark: {line}")
    if failures and not json:
        typer.echo("\n".join(failures), err=True)
    if failures:
        raise typer.Exit(1)


def _findings(configuration: "Configuration", pki: Path | None) -> dict[str, dict[str, list[str]]]:
    """What is wrong or worth a word beyond the text itself."""
    wrong, told = (unstartable_profiles(configuration), []) if pki is None else pki_findings(configuration, pki)
    failing, noted = service_findings(configuration)
    return {"profiles" if pki is None else "pki": {"errors": wrong, "remarks": told},
            "services": {"errors": failing, "remarks": noted}}


def _read(file: Path) -> str:
    """The text of a file; one that cannot be read ends the command with one line."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text in UTF-8"
        typer.echo(f"{file}: cannot be read: {reason}", err=True)
        raise typer.Exit(1) from None


def _print_json(record: dict[str, Any]) -> None:
    import json

    typer.echo(json.dumps(record, indent=2))


def _error(error: "ConfigError") -> dict[str, Any]:
    return {"line": error.line, "word": error.word, "message": error.message, "suggestions": list(error.suggestions)}


def _print_text(file: Path, configuration: "Configuration") -> None:
    from nf.cli.summary import lines, summary

    typer.echo(f"{file}: correct, digest {configuration.digest[:12]}")
    for line in lines(summary(configuration)):
        typer.echo(line)
    for remark in configuration.warnings:
        typer.echo(f"{remark.origin}:{remark.line}: remark: {remark.statement}: {remark.message}")
