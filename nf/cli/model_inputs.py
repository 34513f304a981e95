"""What the model's commands read from their command line, and how they fail, in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hwmodel import Workload
    from hwmodel.sessions import Sessions

_CAPTURES = frozenset({".pcap", ".pcapng", ".cap"})

PlatformOption = Annotated[str, typer.Option(
    "--platform", help="A name of `srxnf model list`, one with a layout (srx5800:spc3=4,ioc4=1), or the path of a .toml file.")]
WorkloadOption = Annotated[str, typer.Option(
    "--workload", help="A name of `srxnf model list`, a .toml file, a capture (.pcap, .pcapng), or a session log.")]
DistributionOption = Annotated[str, typer.Option("--distribution", help="A session distribution's name.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same report.")]
LoadOption = Annotated[float, typer.Option("--load", min=0.000_001, help="So many times the workload's rate.")]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]


@contextmanager
def told() -> Iterator[None]:
    """Operators' mistakes as one line and status 1."""
    from hwmodel import ModelError

    try:
        yield
    except ModelError as mistake:
        failed(str(mistake))
    except KeyboardInterrupt:
        failed("interrupted; nothing is left running")
    except OSError as failure:
        failed(f"{failure.filename}: {failure.strerror}" if failure.filename else str(failure))


def failed(message: str) -> None:
    """Say what is wrong and end with status 1."""
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(1)


def read_load(name: str) -> "Workload | Sessions":
    """The workload or the recorded sessions that a name or path stands for. Raises ModelError."""
    from hwmodel.workload import Workload, available, load_workload

    if not name:
        return Workload()
    path = Path(name)
    if path.suffix in _CAPTURES:
        from nf.cli.model_flows import capture_sessions

        return capture_sessions(path)
    if name not in available() and path.suffix != ".toml" and ("/" in name or path.exists()):
        from nf.cli.model_session_log import log_sessions

        return log_sessions(path)
    return load_workload(name)


def read_workload(name: str) -> "Workload":
    """The same where the rate must be free to change. Raises ModelError for recorded sessions."""
    from hwmodel import ModelError, Workload

    load = read_load(name)
    if not isinstance(load, Workload):
        raise ModelError(name, "", "recorded sessions have one rate; expected a workload")
    return load


def show(*parts: "RenderableType") -> None:
    """Print for people: as wide as the terminal is, or as wide as it takes in a pipe."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160)
    for part in parts:
        console.print(part, markup=False) if isinstance(part, str) else console.print(part)
