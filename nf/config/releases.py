"""What of the configuration is younger than the emulated release: such a statement, word or name is a mistake there.

The grammar is that of 24.4; what older releases lack stands here as data, from a comparison of the grammars of 17.4 to
24.4: what 17.4 has may be older, and counts as always there.
"""

from collections.abc import Mapping
from typing import Final

from nf.config.errors import Findings
from nf.config.tree import Statement, active
from nf.policy.release import NEWEST, Release
from nf.tls.ciphers import ciphers

_PROFILE: Final = "services ssl proxy profile"
_GLOBAL: Final = "services ssl proxy global-config"
_STATEMENTS: Final[Mapping[str, Release]] = {
    f"{_PROFILE} server-certificate": Release(15, 1),
    f"{_GLOBAL} disable-cert-cache": Release(18, 1),
    f"{_GLOBAL} certificate-cache-timeout": Release(18, 1),
    f"{_GLOBAL} invalidate-cache-on-crl-update": Release(18, 1),
    f"{_PROFILE} mirror-decrypt-traffic": Release(18, 4),
    f"{_PROFILE} actions unsupported-cipher-on-hw": Release(19, 2),
    f"{_GLOBAL} cache-usage-enforcement-threshold": Release(19, 3),
    f"{_PROFILE} actions allow-strong-certificate": Release(19, 4),
    f"{_PROFILE} disable-deferred-profile-selection": Release(20, 4),
    f"{_GLOBAL} disable-deferred-profile-selection": Release(20, 4),
    f"{_PROFILE} protocol-version": Release(21, 2),
    f"{_PROFILE} supported-ec-groups": Release(22, 1),
    f"{_GLOBAL} actions": Release(23, 1),
    f"{_GLOBAL} mail-threshold": Release(23, 1),
    f"{_GLOBAL} non-ssl-detection-threshold": Release(23, 4),
    "services ssl initiation profile supported-ec-groups": Release(22, 1),
    "services ssl initiation profile crypto-hardware-offload": Release(24, 2),
    "services ssl termination profile supported-ec-groups": Release(22, 1),
    "security ngfw default-profile ssl-proxy": Release(18, 2),
    "security pki default-trusted-ca-certs": Release(23, 2),
} | {f"security policies {place} {statement}": release
     for place in ("policy policy", "global policy") for statement, release in (
    ("match dynamic-application", Release(18, 2)), ("then reject ssl-proxy", Release(18, 2)),
    ("then reject profile", Release(18, 2)), ("then permit application-services idp-policy", Release(18, 2)),
    ("then permit application-services icap-redirect", Release(18, 1)))}
_FIRST_COMPARED: Final = Release(17, 4)
_SYSTEM_SSL: Final = Release(19, 1)
_TWO_AUTHORITIES: Final = Release(18, 3)
_LONG_SESSIONS: Final = (Release(21, 1), 3600)  # since then `session-cache-timeout` may be longer than so many seconds


def check_release(root: Statement, release: Release, findings: Findings) -> None:
    """Note what the release does not know; in the newest there is nothing to look for."""
    if release == NEWEST:
        return
    for statement in active(root):
        if statement.word is not None:
            _check_statement(statement, statement.word.path, release, findings)
    for entry in root.all("logical-systems"):
        own = entry.one("services", "ssl")
        if own is not None and release < _SYSTEM_SSL:
            findings.wrong(own, "ssl", _since(f"'services ssl' of a logical system {entry.name}", _SYSTEM_SSL, release))


def _check_statement(statement: Statement, path: str, release: Release, findings: Findings) -> None:
    since = _STATEMENTS.get(path)
    word = path.rpartition(" ")[2]
    if since is not None and release < since:
        findings.wrong(statement, word, _since("statement", since, release))
    elif word == "custom-ciphers":
        for name, line in statement.values.items():
            if release < (first := ciphers()[name].since) and first > _FIRST_COMPARED:
                findings.wrong(line, name, _since("cipher", first, release))
    elif path == f"{_PROFILE} root-ca" and len(statement.values) > 1 and release < _TWO_AUTHORITIES:
        findings.wrong(statement, list(statement.values)[1], _since("a second root-ca", _TWO_AUTHORITIES, release))
    elif path == f"{_GLOBAL} session-cache-timeout" and release < _LONG_SESSIONS[0] and int(statement.text) > _LONG_SESSIONS[1]:
        findings.wrong(statement, statement.text, f"out of range, 300..{_LONG_SESSIONS[1]} is expected in release {release}")


def _since(what: str, since: Release, release: Release) -> str:
    return f"{what} is there from release {since} on, the release here is {release}"
