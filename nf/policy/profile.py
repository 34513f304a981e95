"""SSL proxy profiles (Junos: `services ssl proxy`) and CA profiles, with the grammar's own names and defaults."""

from dataclasses import dataclass
from typing import Literal

from nf.policy.match import AddressMatch

TRUST_ALL = "all"  # `trusted-ca all`: every CA profile on the box

LogClass = Literal["all", "sessions-dropped", "sessions-allowed", "sessions-ignored", "sessions-whitelisted",
                   "errors", "warning", "info"]


@dataclass(frozen=True, slots=True)
class SslProxyProfile:
    """`services ssl proxy profile`: a forward proxy has root_ca, a reverse proxy server_certificate, never both."""

    name: str
    root_ca: tuple[str, ...] = ()  # local certificate ids
    server_certificate: tuple[str, ...] = ()
    trusted_ca: tuple[str, ...] = ()  # CA profile names, or TRUST_ALL alone
    whitelist: AddressMatch = AddressMatch((), ())
    log: frozenset[LogClass] = frozenset()
    ignore_server_auth_failure: bool = False
    protocol_version: str = "all"
    preferred_ciphers: str = "medium"
    disable_session_resumption: bool = False
    renegotiation: str = "allow-secure"

    def logs(self, kind: LogClass) -> bool:
        """Whether messages of this class are wanted."""
        return "all" in self.log or kind in self.log


@dataclass(frozen=True, slots=True)
class NonSslThreshold:
    """`global-config non-ssl-detection-threshold`: both must be reached before a session counts as non-SSL."""

    packets: int = 5
    bytes: int = 200


@dataclass(frozen=True, slots=True)
class CaProfile:
    """`security pki ca-profile`: a name for a CA certificate on the box."""

    name: str
    ca_identity: str = ""


@dataclass(frozen=True, slots=True)
class AppTracking:
    """`security application-tracking`: which session messages AppTrack writes."""

    log_session_create: bool = True
    log_session_close: bool = True
    disable: bool = False
