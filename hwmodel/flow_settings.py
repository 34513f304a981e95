"""What an operator sets that changes how a box spends its sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class SessionLimit:
    """The screen `limit-session`: how many sessions one source and one destination address may have."""

    source: int | None = None
    destination: int | None = None
    drops: bool = True  # else the screen's `alarm-without-drop`: what is beyond is told, and let in


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """Statements of `security flow`, `forwarding-options` and screens; defaults are Junos' (schema 24.4R1), in seconds and %.

    With both watermarks at 100 early ageing never starts. Two values are ours: Junos shows no idle time of a wing in a
    network processor's cache, and drops no sessions of addresses without a `limit-session` screen (None).
    """

    tcp_timeout: float = 1800.0
    other_timeout: float = 60.0
    high_watermark: float = 100.0
    low_watermark: float = 100.0
    early_ageout: float = 20.0
    wing_timeout: float = 60.0  # assumed
    drop_flow_percent: float = 10.0  # of the session table
    drop_flow_timeout: float = 4.0
    services_offload: bool = True  # all that can be, since 21.2
    source_limit: int | None = None  # sessions of one source address; 128 when the screen is set without a number
    destination_limit: int | None = None
    zone_limits: Mapping[str, SessionLimit] = field(default_factory=dict)  # by the zone that a session comes in by
    session_affinity: bool = False  # clear-text sessions on the SPU of their IPsec tunnel
    classic_central_point: bool = False  # before 15.1X49-D30: a table of its own, and a part in every new session

    def without_zones(self) -> "FlowSettings":
        """The same for a load that knows no zones: the lowest limit that drops is everybody's."""
        dropping = [limit for limit in self.zone_limits.values() if limit.drops]
        sources = [limit.source for limit in dropping if limit.source is not None]
        destinations = [limit.destination for limit in dropping if limit.destination is not None]
        return replace(self, zone_limits={}, source_limit=min(sources, default=self.source_limit),
                       destination_limit=min(destinations, default=self.destination_limit))
