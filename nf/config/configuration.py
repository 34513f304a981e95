"""What a Junos configuration says, as one frozen object made of the policy room's facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nf.policy.policies import PolicyTable
from nf.policy.profile import AppTracking, CaProfile, NonSslThreshold, SslProxyProfile
from nf.policy.zones import ZoneMap


@dataclass(frozen=True, slots=True)
class Remark:
    """A statement that Junos knows and that has no effect here, or a remark about one that has."""

    origin: str
    line: int
    statement: str
    message: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that controller and network function read; `digest` is the same for texts that mean the same."""

    host_name: str = "srx"
    zone_map: ZoneMap = field(default_factory=ZoneMap)
    policies: PolicyTable = field(default_factory=PolicyTable)
    ssl_profiles: Mapping[str, SslProxyProfile] = field(default_factory=dict)
    ca_profiles: Mapping[str, CaProfile] = field(default_factory=dict)
    non_ssl_threshold: NonSslThreshold = NonSslThreshold()
    app_tracking: AppTracking = AppTracking()
    warnings: tuple[Remark, ...] = field(default=(), compare=False)
    digest: str = ""
