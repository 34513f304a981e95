"""How fast the hardware model plays sessions: both engines beside an equal model in SimPy, and the largest chassis.

    python -m tests.bench.hwmodel              ratios to SimPy, then 20 million sessions on an SRX5800
    python -m tests.bench.hwmodel --ratios     only the ratios

CPU seconds of this process, so that a busy machine changes little; the large run tells wall-clock time and memory as well.
"""

import argparse
from collections.abc import Callable
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time

from hwmodel import Workload, load_platform, simulate
from hwmodel.accounting import report_of
from hwmodel.engine import event, vector
from hwmodel.engine.failures import played
from hwmodel.engine.play import prepare
from hwmodel.sessions import Sessions
from hwmodel.workload import draw
from tests.hwmodel.engine.simpy_model import Oracle

_PLATFORM = "srx5800-11spc3"
_RATE = 400_000.0  # sessions a second, which leave every thread some time


def _simpy(sessions: Sessions) -> None:
    Oracle(prepare(load_platform(_PLATFORM), sessions, "hash_based")).run()


def _event(sessions: Sessions) -> None:
    play = prepare(load_platform(_PLATFORM), sessions, "hash_based")
    report_of(played(play, event.run), "hash_based", None, 0, "event")


def _vector(sessions: Sessions) -> None:
    play = prepare(load_platform(_PLATFORM), sessions, "hash_based")
    report_of(played(play, vector.run), "hash_based", None, 0, "vector")


def _rate(run: Callable[[Sessions], None], sessions: Sessions) -> float:
    """Sessions in a CPU second."""
    begun = process_time()
    run(sessions)
    return len(sessions) / (process_time() - begun)


def ratios() -> None:
    """Each engine on as many sessions as it plays in seconds; the load by session is the same for all."""
    small = draw(Workload(arrival_rate=2_000.0, duration=10.0), seed=1)
    large = draw(Workload(arrival_rate=_RATE, duration=10.0), seed=1)
    _vector(small)  # compiled, or read from where it was kept
    simpy = _rate(_simpy, small)
    print(f"SimPy   {simpy:>12,.0f} sessions a CPU second")  # noqa: T201  # what a benchmark is run for
    for name, run, sessions in (("event", _event, small), ("vector", _vector, large)):
        found = _rate(run, sessions)
        print(f"{name:<7} {found:>12,.0f} sessions a CPU second, {found / simpy:,.1f} times SimPy")  # noqa: T201


def largest() -> None:
    """20 million sessions, drawn and played."""
    begun, cpu = perf_counter(), process_time()
    report = simulate(_PLATFORM, Workload(arrival_rate=_RATE, duration=50.0), "hash_based", seed=1, engine="vector")
    wall, cpu = perf_counter() - begun, process_time() - cpu
    memory = getrusage(RUSAGE_SELF).ru_maxrss / (1 << 20)
    print(  # noqa: T201
        f"{_PLATFORM}: {report.totals.offered:,} sessions in {wall:.1f} s ({cpu:.1f} s of CPU), {memory:.1f} GB at most; "
        f"mean load {sum(spu.mean_load for spu in report.spus) / len(report.spus):.0%}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ratios", action="store_true", help="without the large run")
    chosen = parser.parse_args()
    ratios()
    if not chosen.ratios:
        largest()
