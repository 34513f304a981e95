"""CA profiles and how their certificates' revocation is checked (Junos: `security pki ca-profile`)."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class CrlCheck:
    """`revocation-check crl`: where the CRL comes from, and how often."""

    urls: tuple[str, ...] = ()
    refresh_interval: int | None = None  # hours; None is the CRL's own next update
    disable_on_download_failure: bool = False

    @property
    def fetched_from(self) -> tuple[str, ...]:
        """Those URLs that lists are fetched from; LDAP is not spoken here."""
        return tuple(filter(is_fetchable, self.urls))


def is_fetchable(url: str) -> bool:
    """Whether it is http or https, with a host and without user and password."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return False


def is_askable(url: str) -> bool:
    """Whether OCSP responders are asked there: in the clear, for they sign what they say."""
    return is_fetchable(url) and urlsplit(url).scheme == "http"


@dataclass(frozen=True, slots=True)
class OcspCheck:
    """`revocation-check ocsp`: whom to ask, and what an answer that does not come means."""

    urls: tuple[str, ...] = ()
    nonce_payload: bool | None = None
    disable_responder_revocation_check: bool = False
    accept_unknown_status: bool = False
    connection_failure: Literal["fallback-crl", "disable"] | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """Those URLs at which responders are asked; where there is none, certificates name theirs."""
        return tuple(filter(is_askable, self.urls))


@dataclass(frozen=True, slots=True)
class RevocationCheck:
    """`revocation-check`: the method asked for (None where the text names none) and the settings of both."""

    method: Literal["use-crl", "use-ocsp", "disable"] | None = None
    crl: CrlCheck = CrlCheck()
    ocsp: OcspCheck = OcspCheck()


@dataclass(frozen=True, slots=True)
class CaProfile:
    """`security pki ca-profile`: a name for a CA certificate on the box."""

    name: str
    ca_identity: str = ""
    revocation: RevocationCheck = RevocationCheck()

    @property
    def fetches(self) -> bool:
        """Whether its CRLs are fetched."""
        return self.revocation.method != "disable" and bool(self.revocation.crl.fetched_from)
