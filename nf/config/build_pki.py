"""Statements under `security pki` to CA profiles."""

from typing import Literal, cast

from nf.config.tree import Statement
from nf.policy.pki import CaProfile, CrlCheck, OcspCheck, RevocationCheck


def ca_profiles(root: Statement) -> dict[str, CaProfile]:
    """The CA profiles; a CA profile group counts as one whose certificates come in one file."""
    groups = {entry.name: CaProfile(entry.name) for entry in root.entries("security", "pki", "ca-profile-group")}
    return groups | {entry.name: CaProfile(entry.name, entry.value("ca-identity") or "", _revocation(entry))
                     for entry in root.entries("security", "pki", "ca-profile")}


def _revocation(entry: Statement) -> RevocationCheck:
    check = entry.one("revocation-check")
    if check is None:
        return RevocationCheck()
    method = _first(check, "disable", "use-ocsp", "use-crl")
    return RevocationCheck(cast("Literal['use-crl', 'use-ocsp', 'disable'] | None", method), _crl(check), _ocsp(check))


def _crl(check: Statement) -> CrlCheck:
    urls = tuple(url.name for url in check.entries("crl", "url"))
    return CrlCheck(urls, check.number("crl", "refresh-interval"), check.has("crl", "disable", "on-download-failure"))


def _ocsp(check: Statement) -> OcspCheck:
    nonce = check.value("ocsp", "nonce-payload")
    failure = check.one("ocsp", "connection-failure")
    return OcspCheck(
        tuple(url.name for url in check.entries("ocsp", "url")),
        None if nonce is None else nonce == "enable",
        check.has("ocsp", "disable-responder-revocation-check"), check.has("ocsp", "accept-unknown-status"),
        cast("Literal['fallback-crl', 'disable'] | None", failure and _first(failure, "fallback-crl", "disable")))


def _first(statement: Statement, *words: str) -> str | None:
    return next((word for word in words if statement.has(word)), None)
