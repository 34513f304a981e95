"""`srxnf cli`: operators' commands to a running device, over its control socket."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from nf.cli.inputs import fail

DEFAULT_SOCKET = Path("/run/srxnf.sock")
AS_JSON = "display json"


def cli(
    command: Annotated[str, typer.Option("-c", metavar="COMMAND", help="One command; else they are read line by line.")] = "",
    control: Annotated[Path, typer.Option(metavar="SOCKET", help="The device's control socket.")] = DEFAULT_SOCKET,
) -> None:
    """Ask a running device; `COMMAND | display json` answers with JSON.

    Example: srxnf cli --control /run/srxnf.sock -c "show security monitoring"
    """
    if command:
        typer.echo(run(control, command))
        return
    while True:
        try:
            line = input("srxnf> ").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if line in ("exit", "quit"):
            return
        if line:
            typer.echo(_COMMANDS_TEXT if line in ("?", "help") else run(control, line, interactive=True))


def run(control: Path, command: str, *, interactive: bool = False) -> str:
    """The answer to a command, as text or JSON."""
    words, _, pipe = (part.strip() for part in command.partition("|"))
    show = _COMMANDS.get(" ".join(words.split()))
    problem = ""
    if show is None:
        problem = f"unknown command {words!r}; {_COMMANDS_TEXT}"
    elif pipe not in ("", AS_JSON):
        problem = f"unknown pipe {pipe!r}; expected: {AS_JSON}"
    if problem or show is None:
        return problem if interactive else fail(problem)
    answer = _ask(control, show[0])
    return json.dumps(answer, indent=2) if pipe else show[1](answer)


def _ask(control: Path, what: str) -> Mapping[str, Any]:
    from nf.dataplane.control import ask

    try:
        answer = ask(control, {"show": what})
    except OSError as error:
        fail(f"no device answers on {control}: {error.strerror or error}; start one with --control {control}")
    if "error" in answer:
        fail(str(answer["error"]))
    return answer


def _monitoring(answer: Mapping[str, Any]) -> str:
    """In the layout of the devices."""
    lines = ["                  Flow session   Flow session     CP session     CP session",
             "FPC PIC CPU Mem        current        maximum        current        maximum"]
    lines += [f"{spu['fpc']:>3} {spu['pic']:>3} {spu['cpu']:>3}   - {spu['sessions']:>14} {spu['max-sessions']:>14} "
              f"{spu['cp-sessions']:>14} {spu['cp-max-sessions']:>14}" for spu in answer["spus"]]
    return "\n".join(lines)


def _sessions(answer: Mapping[str, Any]) -> str:
    lines = []
    for row in answer["sessions"]:
        ends = (f"{row['source-address']}/{row['source-port']}", f"{row['destination-address']}/{row['destination-port']}")
        lines += [f"Session ID: {row['session-id']}, Policy name: {row['policy-name']}, Session State: Valid",
                  f"  In: {ends[0]} --> {ends[1]};tcp, Zone: {row['source-zone-name']}",
                  f"  Out: {ends[1]} --> {ends[0]};tcp, Zone: {row['destination-zone-name']}"]
    return "\n".join([*lines, f"Total sessions: {answer['total']}"])


def _statistics(answer: Mapping[str, Any]) -> str:
    counters: Mapping[str, int] = answer["counters"]
    width = max(map(len, counters), default=0)
    return "\n".join(f"  {name:<{width}}  {count:>10}" for name, count in counters.items()) or "  no sessions yet"


def _workers(answer: Mapping[str, Any]) -> str:
    return "\n".join(f"worker {row['worker']}  pid {row['pid']}  {'alive' if row['alive'] else 'down'}"
                     for row in answer["workers"])


_COMMANDS: dict[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    "show security monitoring": ("monitoring", _monitoring),
    "show security flow session": ("sessions", _sessions),
    "show services ssl proxy statistics": ("statistics", _statistics),
    "show system processes": ("workers", _workers),
}
_COMMANDS_TEXT = "commands: " + "; ".join(_COMMANDS)
