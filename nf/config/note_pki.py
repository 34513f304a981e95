"""Remarks on how CA profiles have revocation checked: what is not fetched, and who is not asked."""

from nf.config.errors import Findings
from nf.config.tree import Statement
from nf.policy.pki import is_askable, is_fetchable


def note_ca_profiles(root: Statement, findings: Findings) -> None:
    """Remark on each CA profile of the text."""
    for entry in root.entries("security", "pki", "ca-profile"):
        check = entry.one("revocation-check")
        if check is not None:
            _note_urls(entry.name, check, findings)
            _note_ocsp(entry.name, check, findings)


def _note_urls(name: str, check: Statement, findings: Findings) -> None:
    urls = list(check.entries("crl", "url"))
    for url in urls:
        if check.has("disable"):
            findings.remark(url, f"ca-profile {name} crl url", "not fetched: revocation-check disable")
        elif not is_fetchable(url.name):
            findings.remark(url, f"ca-profile {name} crl url",
                            "not fetched: expected http://HOST or https://HOST, without user and password")
        elif url.has("password"):
            findings.remark(url, f"ca-profile {name} crl url password", "no effect: it is not sent")
    if check.has("crl", "refresh-interval") and not urls:
        findings.remark(check, f"ca-profile {name} crl refresh-interval", "no effect: there is no crl url to fetch from")


def _note_ocsp(name: str, check: Statement, findings: Findings) -> None:
    for url in check.entries("ocsp", "url"):
        if not check.has("use-ocsp"):
            findings.remark(url, f"ca-profile {name} ocsp url", "not asked: there is no revocation-check use-ocsp")
        elif not is_askable(url.name):
            findings.remark(url, f"ca-profile {name} ocsp url", "not asked: expected http://HOST, without user and password")
