"""Cipher suites by the names of Junos, as data: `ciphers.csv` holds each name with its suite and its first release.

Names are those of the configuration grammar; code points and OpenSSL's names are the public registrations that fit the
grammar's description of each. What the running OpenSSL has of them is not known here.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from nf.policy.release import Release
from nf.policy.versions import TLS12, TLS13, Versions

Exchange = Literal["tls13", "ecdhe", "dhe", "rsa", "export"]
PRESETS: Final[Mapping[str, int]] = {"strong": 168, "medium": 128, "weak": 40}  # the fewest bits of the encryption key
BROKEN: Final = ("DES-CBC3", "RC4", "DES")  # modes with known attacks (RFC 9325 §4.1)
_MODES: Final = ("GCM", "CHACHA20", "CCM", "CCM8", "AES", *BROKEN)  # the better first; AES here is CBC


@dataclass(frozen=True, slots=True)
class Suite:
    """One cipher suite: code point, OpenSSL's name, bits of its encryption key."""

    code: int
    openssl: str
    bits: int

    @property
    def exchange(self) -> Exchange:
        """How keys are exchanged; TLS 1.3 leaves that to the groups, and always with forward secrecy."""
        if self.openssl.startswith("TLS_"):
            return "tls13"
        if self.openssl.startswith("EXP"):
            return "export"
        first = self.openssl.partition("-")[0]
        return "ecdhe" if first == "ECDHE" else "dhe" if first == "DHE" else "rsa"

    @property
    def ecdsa(self) -> bool:
        """Whether the server shows an ECDSA certificate; TLS 1.3 suites leave that open and are not."""
        return "-ECDSA-" in self.openssl

    @property
    def mode(self) -> str:
        """The cipher in its mode, one of a few words: GCM, CHACHA20, CCM, CCM8, AES (in CBC), DES-CBC3, RC4, DES."""
        name = self.openssl.replace("CCM_8", "CCM8")
        return next(mode for mode in ("GCM", "CHACHA20", "CCM8", "CCM", "AES", "DES-CBC3", "RC4", "DES") if mode in name)

    @property
    def forward_secret(self) -> bool:
        """Whether a stolen server key leaves past sessions closed."""
        return self.exchange in ("tls13", "ecdhe", "dhe")

    @property
    def authenticated(self) -> bool:
        """Whether it encrypts and authenticates in one (AEAD, RFC 5116)."""
        return self.mode in ("GCM", "CHACHA20", "CCM", "CCM8")

    @property
    def versions(self) -> Versions:
        """The protocol versions that can agree on it (RFC 8446 §B.4, RFC 5246 §A.5)."""
        if self.exchange == "tls13":
            return Versions(TLS13, TLS13)
        older = not self.authenticated and self.openssl.endswith(("-SHA", "-MD5"))
        return Versions(0x0300 if older else TLS12, TLS12)


@dataclass(frozen=True, slots=True)
class Cipher:
    """A name of `custom-ciphers`, the suite that it stands for, and the first release that has the name.

    Several names may stand for one suite.
    """

    name: str
    suite: Suite
    since: Release


@cache
def ciphers() -> Mapping[str, Cipher]:
    """Every name that Junos 24.4 knows."""
    rows = csv.DictReader(files("nf.tls").joinpath("ciphers.csv").read_text(encoding="utf-8").splitlines())
    return {row["name"]: Cipher(row["name"], Suite(int(row["code"], 16), row["openssl"], int(row["bits"])),
                                Release.parse(row["since"])) for row in rows}


@cache
def suites() -> tuple[Suite, ...]:
    """Every suite once, the best first.

    Forward secrecy stands before the RSA key exchange and authenticated encryption before CBC, as browsers order them;
    AES-128 before AES-256, since it costs a quarter less.
    """
    return tuple(sorted(dict.fromkeys(cipher.suite for cipher in ciphers().values()), key=_merit))


@cache
def names_of(suite: Suite) -> tuple[str, ...]:
    """The names of Junos for a suite."""
    return tuple(cipher.name for cipher in ciphers().values() if cipher.suite == suite)


def preset(word: str) -> tuple[Suite, ...]:
    """What `preferred-ciphers strong`, `medium` or `weak` admits: by key bits alone, so each holds the one before.

    CCM8 is left out: its tags of 64 bits need a lower security level, which `custom-ciphers` may ask for by name.
    """
    return tuple(suite for suite in suites() if suite.bits >= PRESETS[word] and suite.mode != "CCM8")


def safe(versions: Versions) -> tuple[Suite, ...]:
    """What a profile admits that says nothing: those of `medium` that browsers take for secure, and CBC with forward
    secrecy only where it admits versions that have nothing better.
    """
    best = tuple(suite for suite in preset("medium") if suite.forward_secret and suite.mode in ("GCM", "CHACHA20"))
    if versions.lowest >= TLS12:
        return best
    return best + tuple(suite for suite in preset("medium") if suite.forward_secret and suite.versions.lowest < TLS12
                        and suite.mode == "AES")


def _merit(suite: Suite) -> tuple[object, ...]:
    return (suite.exchange != "tls13", suite.mode in BROKEN, not suite.forward_secret, not suite.authenticated,
            suite.exchange == "dhe", _MODES.index(suite.mode), suite.bits, not suite.ecdsa, suite.openssl.endswith("-SHA"),
            suite.code)
