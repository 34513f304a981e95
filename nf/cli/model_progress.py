"""A long simulation on a terminal: what it is at, for how long, and Ctrl-C, which a compiled loop does not hear."""

from collections.abc import Callable
from threading import Thread
from typing import TypeVar

_Result = TypeVar("_Result")


def watched(work: Callable[[Callable[[str], None]], _Result], words: str, quiet: bool = False) -> _Result:
    """Do the work, which may tell what it is at; Ctrl-C ends it. Raises what the work raises, and KeyboardInterrupt."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    found: list[_Result] = []
    failed: list[BaseException] = []
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as progress:
        line = progress.add_task(words)

        def done() -> None:
            try:
                found.append(work(lambda now: progress.update(line, description=now)))
            except BaseException as failure:  # noqa: BLE001  # it is raised again where it can be heard
                failed.append(failure)

        worker = Thread(target=done, daemon=True)
        worker.start()
        while worker.is_alive():
            worker.join(0.1)
    if failed:
        raise failed[0]
    return found[0]
