"""Programs that the network function asks in a lab (clamd, an ICAP server …): one file each, named like the program.

A module offers `command(home, options)`, which writes what the program needs to its own directory `home` and returns how
it is started in the foreground, READY, the words by which it says that it serves, and PACKAGE, Debian's name of it
where it is none of our own. AFTERWARDS are words that one says which comes to the network function by itself.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from scenarios.programs import LabError, Running, start, start_again
from scenarios.schema import Daemon

PATIENCE = 30.0  # seconds that one may take to begin


def available() -> tuple[str, ...]:
    """The programs there are."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def begin(daemon: Daemon, home: Path, within: Sequence[str]) -> Running:
    """Start one on the network function's host; returns when it serves."""
    module = _module(daemon)
    own = home / daemon.program
    own.mkdir()
    running = start(daemon.program, module.command(own, daemon.options), own / "output.log", within)
    running.wait_for(module.READY, PATIENCE)
    return running


def await_afterwards(daemon: Daemon, running: Running) -> None:
    """Return once one that comes to the network function has come."""
    running.wait_for(getattr(_module(daemon), "AFTERWARDS", ""), PATIENCE)


def again(daemon: Daemon, running: Running) -> Running:
    """Start one that has ended."""
    written = len(running.said())
    fresh = start_again(running)
    fresh.wait_for(_module(daemon).READY, PATIENCE, written)
    return fresh


def _module(daemon: Daemon) -> ModuleType:
    if daemon.program not in available():
        raise LabError(f"no daemon {daemon.program!r}; there are: {', '.join(available())}")
    return import_module(f"{__name__}.{daemon.program}")
