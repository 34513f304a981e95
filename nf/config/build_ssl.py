"""Statements under `services ssl proxy` to profiles and global settings."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from nf.config.build_books import AddressBooks
from nf.config.build_learned_bypass import client_certificate_bypass, learned_bypass, note_learned_bypass
from nf.config.errors import Findings
from nf.config.extensions import extension
from nf.config.note_ssl import note_profile
from nf.config.tree import Statement
from nf.policy.profile import (
    TRUST_ALL,
    CrlActions,
    GlobalConfig,
    InitiationProfile,
    LogClass,
    MirrorDecryptTraffic,
    NonSslThreshold,
    SslProxyProfile,
)
from nf.policy.release import NEWEST, Release

_PREDEFINED_CATEGORY = "Enhanced_"  # how the names of the predefined URL categories begin
_UNKNOWN = f"neither a custom URL category nor a name with {_PREDEFINED_CATEGORY} before it"
_NOT_HERE = ("nothing is exempt by it: which sites a predefined URL category has is not known here; "
             "a custom URL category of this name would do")


def global_config(root: Statement) -> GlobalConfig:
    """What holds for every profile."""
    place = root.one("services", "ssl", "proxy", "global-config")
    if place is None:
        return GlobalConfig()
    standard, threshold = NonSslThreshold(), "non-ssl-detection-threshold"
    return GlobalConfig(
        session_cache_timeout=place.number("session-cache-timeout"),
        disable_cert_cache=place.has("disable-cert-cache"),
        certificate_cache_timeout=place.number("certificate-cache-timeout"),
        invalidate_cache_on_crl_update=place.has("invalidate-cache-on-crl-update"),
        cache_usage_enforcement_threshold=place.number("cache-usage-enforcement-threshold"),
        disable_deferred_profile_selection=place.has("disable-deferred-profile-selection"),
        non_ssl_threshold=NonSslThreshold(place.number(threshold, "packet-threshold") or standard.packets,
                                          place.number(threshold, "byte-threshold") or standard.bytes))


def default_profile(root: Statement, profiles: Mapping[str, SslProxyProfile], findings: Findings) -> str | None:
    """The profile of `security ngfw default-profile ssl-proxy`."""
    leaf = root.one("security", "ngfw", "default-profile", "ssl-proxy", "profile-name")
    if leaf is not None and leaf.text not in profiles:
        findings.wrong(leaf, leaf.text, "no such SSL proxy profile", profiles)
    return leaf.text if leaf else None


@dataclass(frozen=True, slots=True)
class Profiles:
    """Builds profiles from what they may name: addresses of the global book, CA profiles, custom URL categories."""

    books: AddressBooks
    ca_profiles: Collection[str]
    url_categories: Collection[str]
    findings: Findings
    release: Release = NEWEST

    def all(self, root: Statement) -> dict[str, SslProxyProfile]:
        """The SSL proxy profiles by name, in the order of the text."""
        profiles = {}
        for entry in root.entries("services", "ssl", "proxy", "profile"):
            profiles[entry.name] = self._profile(entry)
            self._check_certificates(entry)
            self._check_trust(entry)
            note_profile(entry, profiles[entry.name], self.findings)
            note_learned_bypass(entry, self.findings)
            self._note_categories(entry)
        return profiles

    def initiation(self, root: Statement) -> dict[str, InitiationProfile]:
        """The profiles by which the box itself is a TLS client."""
        profiles = {}
        for entry in root.entries("services", "ssl", "initiation", "profile"):
            self._check_authorities(entry)
            profiles[entry.name] = InitiationProfile(
                entry.name, entry.texts("trusted-ca"), entry.value("client-certificate"),
                entry.has("actions", "ignore-server-auth-failure"))
        return profiles

    def _profile(self, entry: Statement) -> SslProxyProfile:
        standard = SslProxyProfile(entry.name)
        asked = entry.one("actions", "log")
        log = frozenset(cast("LogClass", name) for name in get_args(LogClass) if asked and asked.has(name))
        return SslProxyProfile(
            entry.name, entry.texts("root-ca"), entry.texts("server-certificate"), entry.texts("trusted-ca"),
            self.books.resolve(entry.one("whitelist"), None), log,
            ignore_server_auth_failure=entry.has("actions", "ignore-server-auth-failure"),
            protocol_version=entry.value("protocol-version"),
            preferred_ciphers=entry.value("preferred-ciphers"),
            disable_session_resumption=entry.has("actions", "disable-session-resumption"),
            renegotiation=self._renegotiation(entry),
            custom_ciphers=entry.texts("custom-ciphers"),
            supported_ec_groups=entry.value("supported-ec-groups"),
            whitelist_url_categories=entry.texts("whitelist-url-categories"),
            mirror=_mirror(entry),
            crl=_crl(entry),
            unsupported_cipher_on_hw=(entry.value("actions", "unsupported-cipher-on-hw")
                                      or standard.unsupported_cipher_on_hw),
            allow_strong_certificate=entry.has("actions", "allow-strong-certificate"),
            enable_flow_tracing=entry.has("enable-flow-tracing"),
            disable_deferred_profile_selection=entry.has("disable-deferred-profile-selection"),
            release=self.release,
            client_certificate_bypass=client_certificate_bypass(entry),
            learned_bypass=learned_bypass(entry),
            strict_certificates=extension(entry, "strict-certificates") == "on",
            drops_other_hosts=extension(entry, "host-mismatch") == "drop")

    def _renegotiation(self, entry: Statement) -> str:
        asked = entry.value("actions", "renegotiation") or SslProxyProfile(entry.name).renegotiation
        return asked if self.release.renegotiates else "drop"

    def _check_certificates(self, entry: Statement) -> None:
        root_ca, server_certificate = entry.one("root-ca"), entry.one("server-certificate")
        if root_ca and server_certificate:
            later = max(root_ca, server_certificate, key=lambda leaf: leaf.line)
            self.findings.wrong(later, entry.name,
                                "profile has root-ca and server-certificate, one of them is expected")
        elif not (root_ca or server_certificate):
            self.findings.wrong(entry, entry.name,
                                "profile has neither root-ca nor server-certificate, one of them is expected")

    def _check_trust(self, entry: Statement) -> None:
        names = self._check_authorities(entry)
        if entry.has("root-ca") and not names and not entry.has("actions", "ignore-server-auth-failure"):
            self.findings.remark(entry, f"profile {entry.name}",
                                 "without trusted-ca no server certificate can be verified")

    def _check_authorities(self, entry: Statement) -> Mapping[str, int]:
        leaf = entry.one("trusted-ca")
        names = leaf.values if leaf else {}
        if TRUST_ALL in names and len(names) > 1:
            self.findings.wrong(names[TRUST_ALL], TRUST_ALL, "trusted-ca takes 'all' or names, not both")
        for name, line in names.items():
            if name != TRUST_ALL and name not in self.ca_profiles:
                self.findings.wrong(line, name, "no such CA profile", self.ca_profiles)
        return names

    def _note_categories(self, entry: Statement) -> None:
        for name in entry.texts("whitelist-url-categories"):
            if name not in self.url_categories:
                predefined = name.startswith(_PREDEFINED_CATEGORY)
                self.findings.remark(entry, f"profile {entry.name} whitelist-url-categories {name}",
                                     _NOT_HERE if predefined else f"{_UNKNOWN}; nothing is exempt by it")


def _crl(entry: Statement) -> CrlActions:
    present = cast("Literal['allow', 'drop'] | None", entry.value("actions", "crl", "if-not-present"))
    return CrlActions(entry.has("actions", "crl", "disable"), present or CrlActions().if_not_present,
                      entry.has("actions", "crl", "ignore-hold-instruction-code"))


def _mirror(entry: Statement) -> MirrorDecryptTraffic | None:
    mirror = entry.one("mirror-decrypt-traffic")
    if mirror is None:
        return None
    return MirrorDecryptTraffic(mirror.value("interface"), mirror.value("destination-mac-address"),
                                mirror.has("only-after-security-policies-enforcement"))
