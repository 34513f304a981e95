"""What an operator sets that changes how a box spends its sessions."""

from dataclasses import dataclass


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
    session_affinity: bool = False  # clear-text sessions on the SPU of their IPsec tunnel
    classic_central_point: bool = False  # before 15.1X49-D30: a table of its own, and a part in every new session
