"""Statements under `services ssl proxy`, `security pki` and `security application-tracking` to their facts."""

from typing import cast, get_args

from nf.config.build_books import AddressBooks
from nf.config.errors import Findings
from nf.config.tree import Statement
from nf.policy.profile import TRUST_ALL, AppTracking, CaProfile, LogClass, NonSslThreshold, SslProxyProfile

_WEAK_VERSIONS = frozenset({"ssl3", "tls1", "tls11"})


def ca_profiles(root: Statement) -> dict[str, CaProfile]:
    """The CA profiles; a CA profile group counts as one whose certificates come in one file."""
    profiles = {entry.name: CaProfile(entry.name, entry.value("ca-identity") or "")
                for entry in root.entries("security", "pki", "ca-profile")}
    groups = {entry.name: CaProfile(entry.name) for entry in root.entries("security", "pki", "ca-profile-group")}
    return groups | profiles


def app_tracking(root: Statement) -> AppTracking:
    """What AppTrack writes: when a message is asked for by name, only those that are."""
    create, close = (root.has("security", "application-tracking", f"log-session-{end}") for end in ("create", "close"))
    every = not (create or close)
    return AppTracking(create or every, close or every, root.has("security", "application-tracking", "disable"))


def non_ssl_threshold(root: Statement) -> NonSslThreshold:
    """When a session counts as non-SSL."""
    place = ("services", "ssl", "proxy", "global-config", "non-ssl-detection-threshold")
    standard = NonSslThreshold()
    return NonSslThreshold(int(root.value(*place, "packet-threshold") or standard.packets),
                           int(root.value(*place, "byte-threshold") or standard.bytes))


def ssl_profiles(root: Statement, books: AddressBooks, known_cas: dict[str, CaProfile],
                 findings: Findings) -> dict[str, SslProxyProfile]:
    """The SSL proxy profiles by name, in the order of the text."""
    profiles = {}
    for entry in root.entries("services", "ssl", "proxy", "profile"):
        profiles[entry.name] = _profile(entry, books)
        _check_certificates(entry, findings)
        _check_trust(entry, known_cas, findings)
        _note_weakness(entry, findings)
    return profiles


def _profile(entry: Statement, books: AddressBooks) -> SslProxyProfile:
    standard = SslProxyProfile(entry.name)
    asked = entry.one("actions", "log")
    log = frozenset(cast("LogClass", name) for name in get_args(LogClass) if asked and asked.has(name))
    return SslProxyProfile(
        entry.name, _values(entry, "root-ca"), _values(entry, "server-certificate"), _values(entry, "trusted-ca"),
        books.resolve(entry.one("whitelist"), None), log,
        ignore_server_auth_failure=entry.has("actions", "ignore-server-auth-failure"),
        protocol_version=entry.value("protocol-version") or standard.protocol_version,
        preferred_ciphers=entry.value("preferred-ciphers") or standard.preferred_ciphers,
        disable_session_resumption=entry.has("actions", "disable-session-resumption"),
        renegotiation=entry.value("actions", "renegotiation") or standard.renegotiation)


def _values(entry: Statement, word: str) -> tuple[str, ...]:
    leaf = entry.one(word)
    return tuple(leaf.values) if leaf else ()


def _check_certificates(entry: Statement, findings: Findings) -> None:
    root_ca, server_certificate = entry.one("root-ca"), entry.one("server-certificate")
    if root_ca and server_certificate:
        later = max(root_ca, server_certificate, key=lambda leaf: leaf.line)
        findings.wrong(later, entry.name, "profile has root-ca and server-certificate, one of them is expected")
    elif not (root_ca or server_certificate):
        findings.wrong(entry, entry.name, "profile has neither root-ca nor server-certificate, one of them is expected")


def _check_trust(entry: Statement, known_cas: dict[str, CaProfile], findings: Findings) -> None:
    leaf = entry.one("trusted-ca")
    names = leaf.values if leaf else {}
    if TRUST_ALL in names and len(names) > 1:
        findings.wrong(names[TRUST_ALL], TRUST_ALL, "trusted-ca takes 'all' or names, not both")
    for name, line in names.items():
        if name != TRUST_ALL and name not in known_cas:
            findings.wrong(line, name, "no such CA profile", known_cas)
    if entry.has("root-ca") and not names and not entry.has("actions", "ignore-server-auth-failure"):
        findings.remark(entry, f"profile {entry.name}", "without trusted-ca no server certificate can be verified")


def _note_weakness(entry: Statement, findings: Findings) -> None:
    if entry.value("preferred-ciphers") == "weak":
        findings.remark(entry, f"profile {entry.name} preferred-ciphers weak", "allows ciphers that are broken today")
    version = entry.value("protocol-version")
    if version in _WEAK_VERSIONS:
        findings.remark(entry, f"profile {entry.name} protocol-version {version}", "allows nothing newer than it")
    if entry.has("actions", "ignore-server-auth-failure"):
        findings.remark(entry, f"profile {entry.name} actions ignore-server-auth-failure",
                        "lets clients reach servers whose certificate is not valid")
