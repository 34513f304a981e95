"""Costs of one box from its sheet alone: large-packet throughput and connections a second."""

from dataclasses import dataclass, replace

from hwmodel.platform import Platform
from hwmodel.work import CostTable, Work

LARGE = 1518  # bytes
IMIX = (7 * 64 + 4 * 570 + 1518) / 12
CONNECTION = 10  # packets of the short connection that sheets count a second
SESSION_IN_PACKETS = 27  # fast-path packets that a new session costs: 22 to 32 on an SRX1600, one ratio for every box


@dataclass(frozen=True, slots=True)
class Fit:
    """A box reduced to threads and costs, and what both came from."""

    name: str
    threads: int
    costs: CostTable

    def cpu_percent(self, work: Work) -> float:
        """CPU that so much work a second takes; above 100 it is more than there is."""
        return 100 * self.costs.seconds(work) / self.threads

    def packets_per_second(self, size: float) -> float:
        """Packets of that many bytes that all threads forward, which new sessions do not disturb."""
        return self.threads * 1e6 / (self.costs.packet_us + size * self.costs.byte_ns / 1e3)

    def gbps(self, size: float) -> float:
        """The same in gigabits a second."""
        return self.packets_per_second(size) * size * 8 / 1e9


def as_shipped(platform: Platform) -> Fit:
    """The platform's own costs."""
    return Fit("platform's costs", platform.threads, platform.costs)


def on_the_sheet(platform: Platform) -> Fit:
    """Packet, byte and session cost from large packets and connections a second; KeyError without both figures.

    Two figures give three costs because a session is taken for SESSION_IN_PACKETS packets on every box.
    """
    threads = platform.threads
    connection_us = threads * 1e6 / float(platform.published["cps"].value)
    large_us = threads * LARGE * 8 / (1e3 * float(platform.published["large_gbps"].value))
    packet_us = min(large_us, connection_us / (SESSION_IN_PACKETS + CONNECTION))
    costs = replace(
        platform.costs,
        packet_us=packet_us,
        byte_ns=1e3 * (large_us - packet_us) / LARGE,
        session_us=connection_us - CONNECTION * packet_us,
    )
    return Fit("large packets, connections/s", threads, costs)
