"""The running engine beside its own model: `python -m tests.bench.live_model [--rounds N] [--seconds N]`.

One worker and two are loaded as interception is usually compared: wrk with 16 connections opens short sessions through nginx,
resumed and with full handshakes, and curl fetches 200 MB. Between these loads the engine is calibrated with peers of its own.
What the prices say of the work that the engine counted stands beside the CPU time of its processes, in medians of rounds: a
busy machine disturbs both alike. At the end a platform with these prices runs live, with `show services srxnf cpu`.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

from hwmodel.platform import load_platform
from hwmodel.work import HANDSHAKE, CostTable, Work
from nf.cli.calibration import prices
from nf.cli.calibration.cost_file import cost_table
from nf.cli.calibration.measure import Bench
from nf.cli.calibration.reading import Reading, read
from nf.cli.calibration.server import Server
from nf.cli.calibration.site import Site
from tests.bench.live_peers import Nginx, bulk, platform_file, sessions

BOUND = 0.15


@dataclass
class Load:
    """What is done to one site, and what was read of it in each round."""

    name: str
    site: Site
    act: Callable[[], None]
    readings: list[Reading] = field(default_factory=list)

    def judge(self, costs: CostTable) -> bool:
        """Print what the prices say beside what was taken; whether the workers' time was within the bound."""
        pairs = [(costs.seconds(reading.work), reading.cpu) for reading in self.readings]
        predicted, measured = (sum(pair[at] for pair in pairs) for at in (0, 1))
        central = sum(reading.central for reading in self.readings)
        work = sum((reading.work for reading in self.readings), Work())
        error = ratio(pairs) - 1
        say(f"{self.name:<41} {work.sessions:>6} {predicted:>9.3f} {measured:>9.3f} {error:>+7.1%}"
            f" {measured / work.sessions * 1e6:>8.0f}   {work.sessions * costs.central_point_us / 1e6:.3f} / {central:.3f}"
            f"  {prices.most(work, HANDSHAKE)}")
        return abs(error) <= BOUND


def ratio(pairs: list[tuple[float, float]]) -> float:
    """The median of predicted over measured."""
    return median(predicted / measured for predicted, measured in pairs)


def say(line: str) -> None:
    """At once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def loads(stack: ExitStack, seconds: int) -> list[Load]:
    """For one worker and for two."""
    found = []
    for workers in (1, 2):
        name = f"{workers} worker{'s' * (workers > 1)}, "
        usual = stack.enter_context(Site(workers=workers, server=Server.free_port()))
        full = stack.enter_context(Site(workers=workers, server=Server.free_port(), resumes=False))
        found += [Load(f"{name}short sessions, resumed", usual, partial(sessions, usual, seconds)),
                  Load(f"{name}short sessions, full handshakes", full, partial(sessions, full, seconds)),
                  Load(f"{name}200 MB", usual, partial(bulk, usual))]
    return found


def shown(platform: Path, seconds: int) -> bool:
    """What `show services srxnf cpu` has of each worker while two of them run on that platform."""
    good = True
    with Site(workers=2, platform=str(platform), server=Server.free_port()) as site, Nginx(platform.parent, [site]):
        sessions(site, 1)
        before = site.ask("cpu")["workers"]
        sessions(site, seconds)
        bulk(site)
        site.settle()
        for old, new in zip(before, site.ask("cpu")["workers"], strict=True):
            modelled, real = (new[name] - old[name] for name in ("modelled", "real"))
            good = good and abs(modelled / real - 1) <= BOUND
            say(f"show services srxnf cpu, worker {new['worker']}: modelled {modelled:.3f} s, real {real:.3f} s,"
                f" {modelled / real - 1:+.1%}")
    return good


def main() -> int:
    """0 where every prediction was within the bound."""
    parser = argparse.ArgumentParser("tests.bench.live_model", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2, help="of each load of wrk")
    asked = parser.parse_args()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bench, rounds = stack.enter_context(Bench(keys=("p-256",))), []
        all_loads = loads(stack, asked.seconds)
        stack.enter_context(Nginx(directory, {load.site for load in all_loads}))
        for load in all_loads:
            load.act()  # caches are filled
        for _ in range(asked.rounds):
            rounds.append(bench.round())
            for load in all_loads:
                load.readings.append(read(load.site, load.act))
        platform = platform_file(directory, cost_table(prices.middle(rounds)))
        say(f"{'CPU seconds of the workers':<41}  count predicted  measured   error  us each   central point  mostly")
        costs = load_platform(str(platform)).costs
        good = [load.judge(costs) for load in all_loads]
        return int(not all([*good, shown(platform, asked.seconds)]))


if __name__ == "__main__":
    sys.exit(main())
