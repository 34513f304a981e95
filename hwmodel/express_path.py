"""Express Path (services offload): which sessions a network processor finishes itself, so that no SPU sees their packets.

Since Junos 21.2 all TCP and UDP sessions are offloaded but those of UDP ports 53 and 123, fragments, and what a service
must read. An offloaded session never returns to its SPU, which goes on to own it.
"""

from dataclasses import replace
from enum import Enum
from typing import Final

from hwmodel.flow_settings import FlowSettings
from hwmodel.platform import Platform
from hwmodel.session import TCP, UDP, FiveTuple
from hwmodel.work import Work

UDP_EXCLUDED: Final = frozenset((53, 123))
SPU_PACKETS: Final = 3  # of every offloaded session that its SPU sees: what comes before the wing is installed; assumed


class Exclusion(Enum):
    """Why a session stays on its SPU."""

    PLATFORM = "no Express Path on this device"
    DISABLED = "services offload is disabled"
    PROTOCOL = "neither TCP nor UDP"
    PORT = "UDP port 53 or 123"
    FRAGMENTS = "fragments"
    SERVICES = "a service reads its payload"
    CACHE_FULL = "no room for its wings"


def offloads(platform: Platform, settings: FlowSettings | None = None) -> bool:
    """Whether sessions are offloaded at all."""
    return platform.express_path and (settings or FlowSettings()).services_offload


def exclusion(
    platform: Platform, settings: FlowSettings, flow: FiveTuple, *, services: bool = False, fragments: bool = False
) -> Exclusion | None:
    """Why a session of that flow (client first) is not offloaded, or None when it is."""
    reasons = (
        (not platform.express_path, Exclusion.PLATFORM),
        (not settings.services_offload, Exclusion.DISABLED),
        (flow.proto not in (TCP, UDP), Exclusion.PROTOCOL),
        (flow.proto == UDP and flow.dport in UDP_EXCLUDED, Exclusion.PORT),
        (fragments, Exclusion.FRAGMENTS),
        (services, Exclusion.SERVICES),
    )
    return next((reason for holds, reason in reasons if holds), None)


def left_to_the_spu(work: Work) -> Work:
    """What an offloaded session's further work costs its SPU: no packets."""
    return replace(work, packets=0, bytes=0)
