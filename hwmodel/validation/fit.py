"""Costs of one box from its sheet alone: large-packet throughput and connections a second."""

from dataclasses import dataclass, replace
from math import inf

from hwmodel.platform import Platform
from hwmodel.work import CostTable, Work

LARGE = 1518  # bytes
IMIX = (7 * 64 + 4 * 570 + 1518) / 12
CONNECTION = 10  # packets of the short connection that sheets count a second
# Fast-path packets that a new session costs, one ratio for every box: an SRX1600 forwards 3.43 M packets or opens 95,000
# connections a second, 36 for one, ten of which are the connection's own.
SESSION_IN_PACKETS = 26


@dataclass(frozen=True, slots=True)
class Fit:
    """A box reduced to threads, costs and the throughput that its CPU does not limit, and what they came from."""

    name: str
    threads: int
    costs: CostTable
    ceiling_gbps: float = inf

    def cpu_percent(self, work: Work) -> float:
        """CPU that so much work a second takes; above 100 it is more than there is."""
        return 100 * self.costs.seconds(work) / self.threads

    def packets_per_second(self, size: float) -> float:
        """Packets of that many bytes that all threads forward, which new sessions do not disturb."""
        by_cpu = self.threads * 1e6 / (self.costs.packet_us + size * self.costs.byte_ns / 1e3)
        return min(by_cpu, self.ceiling_gbps * 1e9 / 8 / size)

    def gbps(self, size: float) -> float:
        """The same in gigabits a second."""
        return self.packets_per_second(size) * size * 8 / 1e9


def as_shipped(platform: Platform) -> Fit:
    """The platform's own costs."""
    return Fit("platform's costs", platform.threads, platform.costs)


def on_the_sheet(platform: Platform) -> Fit:
    """Packet and session cost from connections a second; large packets are a ceiling. KeyError without both figures.

    A session is taken for SESSION_IN_PACKETS packets on every box, and bytes for free: ports and the links between chips
    carry them. Only a box that forwards more large packets than that ratio allows has cheaper packets.
    """
    threads, large_gbps = platform.threads, float(platform.published["large_gbps"].value)
    connection_us = threads * 1e6 / float(platform.published["cps"].value)
    large_us = threads * LARGE * 8 / (1e3 * large_gbps)
    packet_us = min(large_us, connection_us / (SESSION_IN_PACKETS + CONNECTION))
    costs = replace(platform.costs, packet_us=packet_us, byte_ns=0.0, session_us=connection_us - CONNECTION * packet_us)
    return Fit("large packets, connections/s", threads, costs, large_gbps)
