"""How good a TLS session or a profile is, on the scale of the interception study (Durumeric et al., NDSS 2017, §5).

A is as secure as a modern browser, B leaves something out (forward secrecy, authenticated encryption, TLS 1.2) without
a known attack, C has one, F is broken: an attacker in the middle reads along, or can be the server.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache, lru_cache
from typing import Final

from nf.policy.versions import TLS10, TLS11, TLS12, TLS13
from nf.tls.ciphers import Suite, suites
from nf.tls.parameters import TlsParameters
from nf.tls.settings import TlsSettings


class Grade(Enum):
    """From best to worst."""

    A = "A"
    B = "B"
    C = "C"
    F = "F"


_ORDER: Final = tuple(Grade)
_VERSIONS: Final = {TLS13: Grade.A, TLS12: Grade.A, TLS11: Grade.B, TLS10: Grade.C}  # TLS 1.0 in CBC: BEAST


def session_grade(ends: Iterable[TlsParameters], *, authenticated: bool) -> Grade:
    """The grade of one session: that of its worse end, and F where the server was not authenticated."""
    return worst([*map(end_grade, ends), Grade.A if authenticated else Grade.F])


@lru_cache(256)  # most sessions agree on the same
def end_grade(end: TlsParameters) -> Grade:
    """The grade of one end by what its handshake agreed on."""
    return worst((_VERSIONS.get(end.code, Grade.F), _by_name().get(end.cipher, Grade.F)))


def profile_grade(settings: TlsSettings, *, authenticates: bool) -> Grade:
    """The grade of the worst session that a profile lets through."""
    grades = [suite_grade(suite) for suite in settings.suites]
    return worst([*grades, _VERSIONS.get(settings.versions.lowest, Grade.F), Grade.A if authenticates else Grade.F])


def suite_grade(suite: Suite) -> Grade:
    """The grade of a cipher suite in the newest version that takes it."""
    if suite.mode == "DES" or suite.exchange == "export":
        return Grade.F
    if suite.mode in ("RC4", "DES-CBC3"):
        return Grade.C  # RFC 7465; Sweet32
    if suite.forward_secret and suite.mode in ("GCM", "CHACHA20", "CCM"):
        return Grade.A
    return Grade.B


def worst(grades: Iterable[Grade]) -> Grade:
    """The worst of some grades; of none, A."""
    return max(grades, key=_ORDER.index, default=Grade.A)


@cache
def _by_name() -> Mapping[str, Grade]:
    return {suite.openssl: suite_grade(suite) for suite in suites()}
