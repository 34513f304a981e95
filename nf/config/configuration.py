"""What a Junos configuration says, as one frozen object made of the policy room's facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hwmodel import FlowSettings
from hwmodel.platform.features import Features
from nf.policy.chassis_cluster import ChassisCluster
from nf.policy.pki import CaProfile
from nf.policy.policies import PolicyTable
from nf.policy.profile import AppTracking, GlobalConfig, InitiationProfile, NonSslThreshold, SslProxyProfile
from nf.policy.release import NEWEST, Release
from nf.policy.security_log import SecurityLog
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.tcp_session import TcpSession
from nf.policy.tracing import TraceOptions
from nf.policy.url_categories import UrlCategory
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

    release: Release = NEWEST
    host_name: str = "srx"
    zone_map: ZoneMap = field(default_factory=ZoneMap)
    policies: PolicyTable = field(default_factory=PolicyTable)
    ssl_profiles: Mapping[str, SslProxyProfile] = field(default_factory=dict)
    default_ssl_profile: str | None = None  # `security ngfw default-profile ssl-proxy`
    ssl_global: GlobalConfig = GlobalConfig()
    initiation_profiles: Mapping[str, InitiationProfile] = field(default_factory=dict)
    ca_profiles: Mapping[str, CaProfile] = field(default_factory=dict)
    app_tracking: AppTracking = AppTracking()
    security_log: SecurityLog = SecurityLog()
    tcp_session: TcpSession = TcpSession()
    flow: FlowSettings = FlowSettings()
    features: Features = Features()  # that cost a modelled box something, whether or not they have an effect here
    tracing: TraceOptions = TraceOptions()  # `services ssl traceoptions`
    cluster: ChassisCluster = ChassisCluster()
    url_categories: Mapping[str, UrlCategory] = field(default_factory=dict)  # custom ones
    services: Mapping[str, Any] = field(default_factory=dict)  # facts of security services, by the service's name
    logical_systems: Mapping[str, LogicalSystem] = field(default_factory=dict)
    tenants: Mapping[str, LogicalSystem] = field(default_factory=dict)
    warnings: tuple[Remark, ...] = field(default=(), compare=False)
    digest: str = ""

    @property
    def systems(self) -> Systems:
        """The box itself, its logical systems and its tenants."""
        box = LogicalSystem(
            zone_map=self.zone_map, policies=self.policies, ssl_profiles=self.ssl_profiles,
            default_ssl_profile=self.default_ssl_profile, url_categories=self.url_categories,
            app_tracking=self.app_tracking, services=self.services)
        return Systems((box, *self.logical_systems.values(), *self.tenants.values()))

    def with_system(self, system: LogicalSystem) -> "Configuration":
        """The same with other zones of one of its systems."""
        if system.is_root:
            return replace(self, zone_map=system.zone_map)
        if system.kind == "tenant":
            return replace(self, tenants={**self.tenants, system.name: system})
        return replace(self, logical_systems={**self.logical_systems, system.name: system})

    @property
    def non_ssl_threshold(self) -> NonSslThreshold:
        """When a session counts as non-SSL."""
        return self.ssl_global.non_ssl_threshold
