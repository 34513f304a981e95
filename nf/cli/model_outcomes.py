"""Points of a grid simulated on all cores or on a Dask cluster, with a bar that shows how far it is."""

import signal
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from hwmodel import ModelError

if TYPE_CHECKING:
    from hwmodel import Workload
    from hwmodel.sweep import Outcome, Point


def outcomes(points: "Sequence[Point]", workload: "Workload", scheduler: str = "", quiet: bool = False) -> "list[Outcome]":
    """What every point came to, in the order of the points; Ctrl-C ends all workers. Raises ModelError."""
    from hwmodel.sweep import outcome

    work = partial(outcome, workload=workload)
    done = _on_dask(work, points, scheduler) if scheduler else _on_all_cores(work, points)
    found = dict(_shown(done, len(points), quiet))
    return [found[number] for number in range(len(points))]


def _shown(done: "Iterable[tuple[int, Outcome]]", total: int, quiet: bool) -> "Iterator[tuple[int, Outcome]]":
    from rich.console import Console
    from rich.progress import Progress, TimeElapsedColumn, TimeRemainingColumn

    columns = (*Progress.get_default_columns()[:-1], TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as progress:
        bar = progress.add_task("simulating", total=total)
        for entry in done:
            progress.advance(bar)
            yield entry


def _numbered(work: "partial[Outcome]", numbered: "tuple[int, Point]") -> "tuple[int, Outcome]":
    number, point = numbered
    return number, work(point)


def _on_all_cores(work: "partial[Outcome]", points: "Sequence[Point]") -> "Iterator[tuple[int, Outcome]]":
    from multiprocessing import get_context

    # fresh processes, since the parent may have threads; the parent alone hears Ctrl-C, and leaving the pool ends them
    with get_context("spawn").Pool(initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)) as pool:
        yield from pool.imap_unordered(partial(_numbered, work), list(enumerate(points)))


def _on_dask(work: "partial[Outcome]", points: "Sequence[Point]", scheduler: str) -> "Iterator[tuple[int, Outcome]]":
    try:
        from distributed import Client, KilledWorker, as_completed
    except ImportError:
        raise ModelError("", "--scheduler", "needs Dask: pip install 'srxnf[dask]'") from None
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as failure:
        raise ModelError("", f"--scheduler {scheduler}", f"no scheduler there ({failure})") from None
    with client:
        futures = client.map(partial(_numbered, work), list(enumerate(points)), pure=False)
        try:
            for future in as_completed(futures):
                yield future.result()
        except (ImportError, KilledWorker, OSError) as failure:
            raise ModelError("", f"--scheduler {scheduler}", f"a worker failed; has each srxnf? ({failure})") from None
        finally:
            client.cancel(futures)
