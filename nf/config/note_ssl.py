"""Remarks on an SSL proxy profile: what is weaker than it need be, what has no effect, what keeps it from starting."""

import re
from typing import Final

from nf.config.errors import Findings
from nf.config.tree import Statement
from nf.policy.profile import SslProxyProfile
from nf.tls.grade import Grade, profile_grade
from nf.tls.settings import consequences, tls_settings
from nf.tls.suites import library

_MAC_ADDRESS: Final = re.compile("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")
_GRADES: Final = {
    Grade.B: "less than a browser takes for secure, though without a known attack",
    Grade.C: "attacks on what it admits are known",
    Grade.F: "an attacker between device and server can read along or be the server"}


def note_profile(entry: Statement, profile: SslProxyProfile, findings: Findings) -> None:
    """Remark on one profile, by the TLS library of this process."""
    _note_tls(entry, profile, findings)
    _note_ciphers(entry, profile, findings)
    _note_actions(entry, profile, findings)
    _note_mirror(entry, profile, findings)


def _note_tls(entry: Statement, profile: SslProxyProfile, findings: Findings) -> None:
    settings = tls_settings(profile, library())
    if settings.missing:
        findings.remark(_at(entry, "custom-ciphers", "preferred-ciphers"), f"profile {profile.name} ciphers",
                        f"{library().name} does not have {', '.join(settings.missing)}")
    if settings.problem is not None:
        findings.remark(entry, f"profile {profile.name}", f"cannot start: {settings.problem}")
        return
    for statement, said in consequences(settings):
        findings.remark(_at(entry, statement), f"profile {profile.name} {statement}", said)
    grade = profile_grade(settings, authenticates=profile.authenticates)
    if grade is not Grade.A:
        findings.remark(entry, f"profile {profile.name}", f"grade {grade.value}: {_GRADES[grade]}")


def _note_ciphers(entry: Statement, profile: SslProxyProfile, findings: Findings) -> None:
    if profile.custom_ciphers and profile.preferred_ciphers != "custom":
        findings.remark(_at(entry, "custom-ciphers"), f"profile {profile.name} custom-ciphers",
                        f"not looked at: preferred-ciphers is {profile.preferred_ciphers or 'not stated'}, not custom")


def _note_actions(entry: Statement, profile: SslProxyProfile, findings: Findings) -> None:
    if profile.ignore_server_auth_failure:
        said = ("lets clients reach servers whose certificate is not valid" if profile.root_ca else
                "no effect: a server of a reverse proxy is known by its key")
        findings.remark(_at(entry, "actions", "ignore-server-auth-failure"),
                        f"profile {profile.name} actions ignore-server-auth-failure", said)
    if profile.server_certificate and profile.trusted_ca:
        findings.remark(_at(entry, "trusted-ca"), f"profile {profile.name} trusted-ca",
                        "not looked at: a server of a reverse proxy is known by its key")
    if profile.crl.disable:
        for word in ("if-not-present", "ignore-hold-instruction-code"):
            if entry.has("actions", "crl", word):
                findings.remark(_at(entry, "actions", "crl", word), f"profile {profile.name} actions crl {word}",
                                "not looked at: actions crl disable has no CRL looked at")
    if entry.has("actions", "unsupported-cipher-on-hw"):
        findings.remark(_at(entry, "actions", "unsupported-cipher-on-hw"),
                        f"profile {profile.name} actions unsupported-cipher-on-hw",
                        "no effect: here every cipher is computed in software, whatever the platform")


def _note_mirror(entry: Statement, profile: SslProxyProfile, findings: Findings) -> None:
    mirror = profile.mirror
    if mirror is None:
        return
    about, at = f"profile {profile.name} mirror-decrypt-traffic", _at(entry, "mirror-decrypt-traffic")
    if mirror.destination_mac_address is not None and not _MAC_ADDRESS.fullmatch(mirror.destination_mac_address):
        findings.wrong(at, mirror.destination_mac_address, "a MAC address such as 02:00:5e:10:00:01 is expected")
    if mirror.interface is None:
        findings.remark(at, about, "nothing is mirrored: no interface is named")
    elif mirror.destination_mac_address is None:
        findings.remark(at, about, "without destination-mac-address its frames are broadcast")


def _at(entry: Statement, *words: str) -> Statement:
    """The first of these statements that is there, or the one at the end of the path `actions …`; else the profile."""
    if words[0] == "actions":
        return entry.one(*words) or entry
    return next((found for word in words if (found := entry.one(word)) is not None), entry)
