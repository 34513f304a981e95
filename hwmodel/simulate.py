"""The simulator: a workload played to a chassis in virtual time."""

from collections.abc import Callable
from heapq import heappop, heappush
from math import ceil
from random import Random

from hwmodel.chassis import Chassis, FastPath, Refusal, Refused
from hwmodel.platform import Platform, load_platform
from hwmodel.report import Report, SpuReport, Totals
from hwmodel.work import Work
from hwmodel.workload import Arrival, Workload, arrivals


def simulate(
    platform: Platform | str, workload: Workload | None = None, distribution: str = "hash_based", seed: int = 0
) -> Report:
    """Play a workload to a platform and report what every SPU got; the same arguments give the same report.

    A session's data is charged in equal portions, one at the start of each second of its life. Raises PlatformError
    and DistributionError for unknown names.
    """
    device = load_platform(platform) if isinstance(platform, str) else platform
    run = _Run(Chassis(device, distribution), workload or Workload())
    run.play(Random(seed))  # noqa: S311  # a repeatable experiment, not a secret
    return run.report(seed)


class _Run:
    """One simulation: the chassis, the events to come, and what was seen."""

    def __init__(self, chassis: Chassis, workload: Workload) -> None:
        self.chassis = chassis
        self.workload = workload
        self._agenda: list[tuple[float, int, Callable[[float], None]]] = []
        self._scheduled = 0
        self._offered = self._joined = self._closed = self._open = self._peak = 0
        self._refused: dict[Refusal, int] = dict.fromkeys(Refusal, 0)
        self._peak_load = [0.0 for _ in chassis.platform.spus]

    def play(self, random: Random) -> None:
        """Run to the end of the workload; sessions that outlive it stay open."""
        for second in range(1, int(self.workload.duration) + 1):
            self._later(float(second), self._observe)
        for arrival in arrivals(self.workload, random):
            self._until(arrival.at)
            self._open_session(arrival)
        self._until(self.workload.duration)

    def _later(self, at: float, event: Callable[[float], None]) -> None:
        self._scheduled += 1
        heappush(self._agenda, (at, self._scheduled, event))

    def _until(self, now: float) -> None:
        while self._agenda and self._agenda[0][0] <= now:
            at, _, event = heappop(self._agenda)
            event(at)

    def _observe(self, now: float) -> None:
        for status in self.chassis.status(now):
            self._peak_load[status.spu] = max(self._peak_load[status.spu], status.load)

    def _open_session(self, arrival: Arrival) -> None:
        self._offered += 1
        placement = self.chassis.receive(arrival.packet, arrival.at)
        if isinstance(placement, Refused):
            self._refused[placement.reason] += 1
            return
        if isinstance(placement, FastPath):  # the client has come back to a port whose session still lives
            self._joined += 1
            self.chassis.charge(placement.session.id, arrival.data, arrival.at)
            return
        self._open += 1
        self._peak = max(self._peak, self._open)
        session = placement.session.id
        first, *rest = arrival.data.shared(max(1, ceil(arrival.life)))
        self.chassis.charge(session, arrival.opening + first, arrival.at)
        for second, portion in enumerate(rest, 1):
            self._later(arrival.at + second, self._carry(session, portion))
        self._later(arrival.at + arrival.life, self._close(session))

    def _carry(self, session: int, portion: Work) -> Callable[[float], None]:
        return lambda now: self._charge(session, portion, now)

    def _charge(self, session: int, portion: Work, now: float) -> None:
        self.chassis.charge(session, portion, now)

    def _close(self, session: int) -> Callable[[float], None]:
        def close(now: float) -> None:
            self.chassis.close(session, now)
            self._open -= 1
            self._closed += 1

        return close

    def report(self, seed: int) -> Report:
        """What was seen."""
        platform, duration = self.chassis.platform, self.workload.duration
        statuses = self.chassis.status(duration)
        created = sum(status.created for status in statuses)
        rows = tuple(
            SpuReport(
                spu=status.spu,
                name=spec.name,
                role=spec.role.value,
                weight_share=spec.max_sessions / platform.max_sessions,
                share=status.created / created if created else 0.0,
                created=status.created,
                failed=status.failed,
                peak_sessions=status.peak_sessions,
                max_sessions=spec.max_sessions,
                mean_load=status.cpu_seconds / (spec.threads * duration),
                peak_load=max(self._peak_load[status.spu], status.load),
                work=status.work,
            )
            for status, spec in zip(statuses, platform.spus, strict=True)
        )
        totals = Totals(
            offered=self._offered,
            created=created,
            joined=self._joined,
            closed=self._closed,
            open_at_end=self._open,
            peak_sessions=self._peak,
            refused={reason.value: count for reason, count in self._refused.items() if count},
            cpu_seconds=sum(status.cpu_seconds for status in statuses),
            work=sum((status.work for status in statuses), Work()),
        )
        return Report(platform, self.chassis.distribution, self.workload, seed, rows, totals)
