"""`srxnf list` and `srxnf run`: what there is to run, and running it in a lab of its own."""

import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from scenarios import Scenario
    from scenarios.messages import Done, Job

ROOMS = {"scenarios": "scenarios", "topologies": "topologies", "platforms": "hwmodel",
         "distributions": "hwmodel.distribution", "services": "nf.services"}
DIFFERENT = 1
OPERATOR_ERROR = 2
INTERRUPTED = 130


def list_(*, as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False) -> None:
    """List scenarios, topologies, platforms, distributions and services.

    Example: srxnf list --json
    """
    import json

    found = {kind: _available(room) for kind, room in ROOMS.items()}
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for kind, names in found.items():
        typer.echo(f"{kind + ':':<15} {', '.join(names) or 'none'}")


def _available(room: str) -> list[str]:
    from importlib import import_module

    return list(import_module(room).available())


def run(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME…", help="Scenarios, or files of your own.")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every scenario there is.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of text.")] = False,
    report: Annotated[Path | None, typer.Option(metavar="DIR", help="Write a page, logs and captures.")] = None,
    platform: Annotated[str | None, typer.Option(metavar="P", help="Another platform than the scenario's.")] = None,
    junos_release: Annotated[str, typer.Option(metavar="RELEASE", help="Another release than the scenario's.")] = "",
    keep: Annotated[bool, typer.Option(help="Leave the lab up until Ctrl-C and say how to enter it.")] = False,
    demo: Annotated[bool, typer.Option(help="Show what happened instead of only whether it was right.")] = False,
) -> None:
    """Run scenarios, each in namespaces of its own, and say how what was seen differs from what is expected.

    Example: srxnf run forward_proxy --demo
    """
    from scenarios import launch

    chosen = [_of_release(scenario, junos_release) for scenario in _chosen(names or [], every)]
    if keep and len(chosen) > 1:
        _fail("--keep: expected one scenario")
    obstacle = launch.obstacle(shlex.join(sys.argv))
    if obstacle:
        _fail(obstacle)
    results: list[Done] = []
    try:
        for scenario in chosen:
            done = _run(scenario, platform, report, keep=keep, demo=demo, as_json=as_json)
            results.append(done)
    finally:  # a lab that breaks down does not take along what others have shown
        if as_json and results:
            _print_json(results)
    if any(done.differences for done in results):
        raise typer.Exit(DIFFERENT)


def _chosen(names: list[str], every: bool) -> "list[Scenario]":
    from scenarios import ScenarioError, available, load

    if bool(names) is every:
        _fail(f"expected names of scenarios, or --all alone; available: {', '.join(available())}")
    try:
        return [load(name) for name in (available() if every else names)]
    except ScenarioError as error:
        _fail(str(error))


def _of_release(scenario: "Scenario", release: str) -> "Scenario":
    import msgspec

    from nf.policy.release import Release

    try:
        return msgspec.structs.replace(scenario, junos_release=str(Release.parse(release))) if release else scenario
    except ValueError as error:
        _fail(f"--junos-release {error}")


def _run(scenario: "Scenario", platform: str | None, report: Path | None, *, keep: bool, demo: bool,
         as_json: bool) -> "Done":
    from scenarios import launch
    from scenarios.programs import LabError

    at, started = datetime.now(UTC), time.monotonic()

    def show(done: "Done") -> None:
        seconds = time.monotonic() - started
        page = _write_report(report, scenario, done, at, seconds)
        if not as_json:
            _print(scenario, done, demo, seconds)
            if page:
                typer.echo(f"  report: {page}")
            if done.differences and report is None:
                typer.echo("  (run again with --report DIR for the logs and captures of this lab)")

    def stay(done: "Done", ways: list[str]) -> None:
        show(done)
        if as_json:
            _print_json([done])
        _tell_ways(ways)

    try:
        job = _job(scenario, platform, report, keep)
        with _progress(scenario.name) as say:
            done = launch.run(job, say, stay)
    except LabError as error:
        _fail(f"{scenario.name}: {error}")
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    if keep:
        _fail(f"{scenario.name}: the lab has ended by itself")
    show(done)
    return done


def _job(scenario: "Scenario", platform: str | None, report: Path | None, keep: bool) -> "Job":
    """The lab's order; for a report the network function's legs are captured whatever the scenario says."""
    import msgspec

    from scenarios.messages import Job

    wanted = msgspec.structs.replace(scenario, capture=scenario.capture or report is not None)
    return Job(wanted, platform or scenario.platform, _directory(report, scenario.name), keep)


def _write_report(report: Path | None, scenario: "Scenario", done: "Done", at: datetime, seconds: float) -> Path | None:
    from scenarios import report_files

    if report is None:
        return None
    try:
        return report_files.write(report / scenario.name, scenario, done, at, seconds)
    except OSError as error:
        _fail(f"--report {report}: {error.strerror}")


def _directory(report: Path | None, name: str) -> str | None:
    if report is None:
        return None
    try:
        (report / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _fail(f"--report {report}: {error.strerror}")
    return str((report / name).resolve())


@contextmanager
def _progress(name: str) -> Iterator[Callable[[str], None]]:
    """Say each step on stderr: as one moving line on a terminal, else as a line each."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: print(f"{name}: {text}", file=sys.stderr, flush=True)
        return
    with console.status(name) as status:
        yield lambda text: status.update(f"{name}: {text}")


def _tell_ways(ways: list[str]) -> None:
    """Show the ways into a lab that stays up."""
    typer.echo("\nthe lab is up; ways in, each from another terminal:", err=True)
    for way in ways:
        typer.echo(f"  {way}", err=True)
    typer.echo("Ctrl-C ends it", err=True)


def _print(scenario: "Scenario", done: "Done", demo: bool, seconds: float) -> None:
    from rich.console import Console

    import topologies
    from scenarios import story

    console = Console(highlight=False)
    if demo:
        console.print(story.tell(scenario, topologies.load(scenario.topology, **scenario.parameters), done.observation))
    for line in story.verdict(scenario.name, done.differences, seconds):
        console.print(line, soft_wrap=True)


def _print_json(results: "list[Done]") -> None:
    import msgspec

    records: list[dict[str, Any]] = [
        {"name": done.observation.scenario, "ok": not done.differences, "differences": done.differences,
         "observation": done.observation} for done in results]
    typer.echo(msgspec.json.format(msgspec.json.encode({"scenarios": records}), indent=2).decode())


def _fail(message: str) -> NoReturn:
    typer.echo(f"srxnf: {message}", err=True)
    raise typer.Exit(OPERATOR_ERROR)
