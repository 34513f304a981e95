"""What both TLS ends of a profile are made with: its statements, narrowed to what the TLS library has."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from nf.policy.profile import SslProxyProfile
from nf.policy.versions import NAMES, SSL30, TLS12, TLS13, Versions
from nf.tls.ciphers import PRESETS, Suite, ciphers, names_of, preset, safe

SESSION_LIFETIME: Final = 600  # seconds; no default of Junos is published


@dataclass(frozen=True, slots=True)
class Library:
    """A TLS library: what it calls itself, the suites (by OpenSSL's names) and the protocol versions that it has."""

    name: str
    suites: frozenset[str]
    versions: frozenset[int]


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """Versions, suites (the preferred first) and the one group of a profile, None for any; whether sessions resume.

    `missing` are names of the profile's list that the library lacks; `problem` is what keeps both ends from being made.
    """

    versions: Versions
    suites: tuple[Suite, ...]
    group: str | None = None
    resumption: bool = True
    session_lifetime: int = SESSION_LIFETIME  # seconds
    insecure_renegotiation: bool = False  # whether a server without RFC 5746 is spoken to
    status_request: bool = True  # whether servers are asked for an OCSP response, RFC 6066 §8
    missing: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def lowered(self) -> bool:
        """Whether OpenSSL's security level must be given up for what is admitted.

        It then takes keys and hashes that are too weak as well, and groups of 1024 bits: what else sees to these stands in
        `nf.tls.suites`.
        """
        return self.versions.lowest < TLS12 or any(suite.mode == "CCM8" for suite in self.suites)

    @property
    def offered(self) -> tuple[Suite, ...]:
        """The suites for servers: where the security level is lowered, none whose group's size would go unseen."""
        return tuple(suite for suite in self.suites if suite.exchange != "dhe") if self.lowered else self.suites


def tls_settings(profile: SslProxyProfile, library: Library, session_lifetime: int | None = None) -> TlsSettings:
    """What a profile comes to with this library; whatever the profile says there is an answer."""
    wanted = _wanted(profile)
    suites = tuple(suite for suite in wanted if suite.openssl in library.suites
                   and (profile.release.tls13 or suite.exchange != "tls13"))
    versions, problem = _versions(profile, suites, library)
    kept = tuple(suite for suite in suites if _meet(suite.versions, versions))
    return TlsSettings(versions, kept, profile.supported_ec_groups, not profile.disable_session_resumption,
                       session_lifetime or SESSION_LIFETIME, profile.renegotiation == "allow",
                       not profile.crl.disable, _missing(profile, wanted, library), problem)


def _wanted(profile: SslProxyProfile) -> tuple[Suite, ...]:
    if profile.preferred_ciphers is None:
        return safe(profile.versions)
    if profile.preferred_ciphers in PRESETS:
        return preset(profile.preferred_ciphers)
    known = ciphers()
    return tuple(dict.fromkeys(known[name].suite for name in profile.custom_ciphers))


def _missing(profile: SslProxyProfile, wanted: Iterable[Suite], library: Library) -> tuple[str, ...]:
    """The names as the profile writes them, or the oldest names of what its preset admits."""
    lacking = [suite for suite in wanted if suite.openssl not in library.suites]
    if profile.preferred_ciphers != "custom":
        return tuple(min(names_of(suite), key=lambda name: ciphers()[name].since) for suite in lacking)
    return tuple(name for name in profile.custom_ciphers if ciphers()[name].suite in lacking)


def _versions(profile: SslProxyProfile, suites: tuple[Suite, ...], library: Library) -> tuple[Versions, str | None]:
    """The versions for which the library and at least one suite are there, and what is wrong where there are none."""
    asked = profile.versions
    if asked.highest == SSL30:
        return asked, "protocol-version ssl3: SSL 3.0 is broken (RFC 7568) and not spoken"
    if profile.preferred_ciphers == "custom" and not profile.custom_ciphers:
        return asked, "preferred-ciphers custom: there are no custom-ciphers"
    if not suites:
        return asked, f"no cipher is left: {library.name} has none of those that it names"
    spoken = [version for version in library.versions if _meet(Versions(version, version), asked)]
    if not spoken:
        return asked, f"protocol-version {profile.protocol_version}: {library.name} does not speak {asked}"
    usable = [version for version in spoken if any(_meet(suite.versions, Versions(version, version)) for suite in suites)]
    if not usable:
        return asked, f"no cipher is left: none of them goes with {asked}"
    return Versions(min(usable), max(usable)), None


def _meet(one: Versions, other: Versions) -> bool:
    return one.lowest <= other.highest and other.lowest <= one.highest


def consequences(settings: TlsSettings) -> tuple[tuple[str, str], ...]:
    """What an operator should know where less is done than in a profile that says nothing: the statement, and a line."""
    said = []
    if settings.versions.lowest < TLS12:
        said.append(("protocol-version", f"admits {NAMES[settings.versions.lowest]}, which RFC 8996 forbids"))
    if settings.versions.highest < TLS13:
        said.append(("protocol-version", f"nothing newer than {NAMES[settings.versions.highest]} is spoken"))
    open_past = sum(not suite.forward_secret for suite in settings.suites)
    if open_past:
        said.append(("preferred-ciphers", f"admits {open_past} ciphers without forward secrecy"))
    if settings.offered != settings.suites:
        weaker = "older versions" if settings.versions.lowest < TLS12 else "CCM8 ciphers"
        said.append(("preferred-ciphers",
                     f"DHE ciphers are not offered to servers: where {weaker} are admitted their groups' size is not checked"))
    if settings.group is not None:
        alone = f"{settings.group} alone is offered and taken: below TLS 1.3 a certificate on another curve is refused"
        said.append(("supported-ec-groups", alone))
    return tuple(said)
