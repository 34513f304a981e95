"""SSL proxy profiles and global settings (Junos: `services ssl proxy`), with the grammar's own names and defaults."""

from dataclasses import dataclass, field
from typing import Literal

from nf.policy.match import AddressMatch
from nf.policy.release import NEWEST, Release
from nf.policy.versions import Versions, admitted
from nf.policy.zones import Zone

TRUST_ALL = "all"  # `trusted-ca all`: every CA profile on the box

LogClass = Literal["all", "sessions-dropped", "sessions-allowed", "sessions-ignored", "sessions-whitelisted",
                   "errors", "warning", "info"]


@dataclass(frozen=True, slots=True)
class CrlActions:
    """`actions crl`: whether revocation is looked at, and what a missing CRL means."""

    disable: bool = False
    if_not_present: Literal["allow", "drop"] = "allow"
    ignore_hold_instruction_code: bool = False  # a certificate on hold counts as not revoked


@dataclass(frozen=True, slots=True)
class MirrorDecryptTraffic:
    """`mirror-decrypt-traffic`: where copies of the plaintext go."""

    interface: str | None = None  # logical interface
    destination_mac_address: str | None = None
    only_after_security_policies_enforcement: bool = False


@dataclass(frozen=True, slots=True)
class LearnedBypass:
    """`apply-macro srxnf { learned-bypass on; }`: clients that refuse forged certificates reach that server undecrypted.

    A server is learned for a client after `count` refusals within `window` seconds, and forgotten after `ttl` seconds.
    """

    count: int = 3
    window: int = 600
    ttl: int = 3600


@dataclass(frozen=True, slots=True)
class SslProxyProfile:
    """`services ssl proxy profile`: a forward proxy has root_ca, a reverse proxy server_certificate, never both.

    What is not stated about versions and ciphers is None: then less is admitted than by the words that Junos takes for it.
    """

    name: str
    root_ca: tuple[str, ...] = ()  # local certificate ids, two at most
    server_certificate: tuple[str, ...] = ()
    trusted_ca: tuple[str, ...] = ()  # CA profile names, or TRUST_ALL alone
    whitelist: AddressMatch = AddressMatch((), ())
    log: frozenset[LogClass] = frozenset()
    ignore_server_auth_failure: bool = False
    protocol_version: str | None = None  # Junos takes "all"
    preferred_ciphers: str | None = None  # Junos takes "medium"
    disable_session_resumption: bool = False
    renegotiation: str = "allow-secure"
    custom_ciphers: tuple[str, ...] = ()  # Junos names, the preferred first; for preferred_ciphers "custom"
    supported_ec_groups: str | None = None
    whitelist_url_categories: tuple[str, ...] = ()
    mirror: MirrorDecryptTraffic | None = None
    crl: CrlActions = CrlActions()
    unsupported_cipher_on_hw: str = "drop"
    allow_strong_certificate: bool = False
    enable_flow_tracing: bool = False
    disable_deferred_profile_selection: bool = False
    release: Release = NEWEST
    logical_system: str = ""  # the one that it is configured in, "" for one of the box
    client_certificate_bypass: bool = False  # `apply-macro srxnf { client-certificate bypass; }`
    learned_bypass: LearnedBypass | None = None
    strict_certificates: bool = False  # `apply-macro srxnf { strict-certificates on; }`
    drops_other_hosts: bool = False  # `apply-macro srxnf { host-mismatch drop; }`
    key: str = field(init=False, repr=False, compare=False)  # no other of the box has it: logical systems may repeat a name

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"{self.logical_system}:{self.name}" if self.logical_system else self.name)

    @property
    def authenticates(self) -> bool:
        """Whether servers must be who they say; one of a reverse proxy is known by its key."""
        return bool(self.server_certificate) or not self.ignore_server_auth_failure

    @property
    def versions(self) -> Versions:
        """The versions of TLS that both ends may agree on."""
        return admitted(self.protocol_version, self.release)

    def logs(self, kind: LogClass) -> bool:
        """Whether messages of this class are wanted."""
        return "all" in self.log or kind in self.log


@dataclass(frozen=True, slots=True)
class NonSslThreshold:
    """`global-config non-ssl-detection-threshold`: both must be reached before a session counts as non-SSL."""

    packets: int = 5
    bytes: int = 200


@dataclass(frozen=True, slots=True)
class GlobalConfig:
    """`services ssl proxy global-config`; timeouts in seconds, None where the text has none (no published default)."""

    session_cache_timeout: int | None = None
    disable_cert_cache: bool = False
    certificate_cache_timeout: int | None = None
    invalidate_cache_on_crl_update: bool = False
    cache_usage_enforcement_threshold: int | None = None  # percent of a cache from which shares are enforced
    disable_deferred_profile_selection: bool = False
    non_ssl_threshold: NonSslThreshold = NonSslThreshold()


@dataclass(frozen=True, slots=True)
class InitiationProfile:
    """`services ssl initiation profile`: how the box itself is a TLS client, of syslog servers for one."""

    name: str
    trusted_ca: tuple[str, ...] = ()  # CA profile names, or TRUST_ALL alone
    client_certificate: str | None = None  # local certificate id
    ignore_server_auth_failure: bool = False


@dataclass(frozen=True, slots=True)
class AppTracking:
    """`security application-tracking`: which session messages AppTrack writes, and when; intervals are minutes."""

    log_session_create: bool = True
    log_session_close: bool = True
    disable: bool = False
    first_update: bool = False
    first_update_interval: int | None = None
    session_update_interval: int | None = None
    no_volume_updates: bool = False

    def follows(self, *zones: Zone) -> bool:
        """Whether a session between these zones is tracked."""
        return not self.disable and any(zone.application_tracking for zone in zones)
