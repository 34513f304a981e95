"""`srxnf cli`: one command with -c, lines from a pipe, or a prompt."""

import sys
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nf.cli.inputs import fail

if TYPE_CHECKING:
    from nf.cli.operate.device import Device

DEFAULT_SOCKET = Path("/run/srxnf.sock")


def cli(
    command: Annotated[str, typer.Option(
        "-c", metavar="COMMAND", help="One command; else they are read line by line.")] = "",
    control: Annotated[Path, typer.Option(metavar="SOCKET", help="The device's control socket.")] = DEFAULT_SOCKET,
    pki: Annotated[Path | None, typer.Option(
        metavar="DIR", help="PKI directory for `… security pki …`; the device's where none is given.")] = None,
) -> None:
    """Ask a running device in the words of Junos; `?` shows what may come next, `| display json` gives data.

    Examples: srxnf cli --control /run/srxnf.sock -c "show security flow session summary";
    srxnf cli --pki pki -c "show security pki local-certificate"
    """
    from nf.cli.operate.device import Device
    from nf.cli.operate.run import LEAVING

    device = Device(control, pki)
    if command or not sys.stdin.isatty():
        lines = [command] if command else sys.stdin
        stripped = takewhile(lambda line: line not in LEAVING, map(str.strip, lines))
        done = [_obey(line, device) for line in stripped if line]
        raise typer.Exit(0 if all(done) else 1)
    from nf.cli.operate.grammar import OperatorError
    from nf.cli.operate.prompt import converse

    try:
        converse(device)
    except OperatorError as error:
        fail(str(error))


def _obey(line: str, device: "Device") -> bool:
    """Whether it was a command and was answered; what is wrong goes to standard error."""
    from nf.cli.operate.grammar import OperatorError
    from nf.cli.operate.parse import CommandError
    from nf.cli.operate.run import explain, run

    try:
        for text in run(line, device).lines:
            typer.echo(text)
    except CommandError as error:
        typer.echo(f"srxnf: {line}\n{explain(error, len('srxnf: '))}", err=True)
    except OperatorError as error:
        typer.echo(f"srxnf: {error}", err=True)
    else:
        return True
    return False
