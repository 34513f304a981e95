"""Which versions of TLS a profile admits, by the words of `protocol-version`."""

from dataclasses import dataclass
from typing import Final

from nf.policy.release import Release

SSL30: Final = 0x0300
TLS10, TLS11, TLS12, TLS13 = 0x0301, 0x0302, 0x0303, 0x0304
NAMES: Final = {SSL30: "SSL 3.0", TLS10: "TLS 1.0", TLS11: "TLS 1.1", TLS12: "TLS 1.2", TLS13: "TLS 1.3"}


@dataclass(frozen=True, slots=True)
class Versions:
    """The oldest and the newest protocol version, as code points (RFC 8446 §4.1.2)."""

    lowest: int
    highest: int

    def __str__(self) -> str:
        names = NAMES[self.lowest], NAMES[self.highest]
        return names[0] if self.lowest == self.highest else " to ".join(names)


SAFE: Final = Versions(TLS12, TLS13)  # where a profile says nothing
_WORDS: Final = {
    "all": Versions(TLS10, TLS13), "tls12-and-lower": Versions(TLS10, TLS12), "ssl3": Versions(SSL30, SSL30),
    "tls1": Versions(TLS10, TLS10), "tls11": Versions(TLS11, TLS11), "tls12": Versions(TLS12, TLS12),
    "tls13": Versions(TLS13, TLS13)}


def admitted(word: str | None, release: Release) -> Versions:
    """The versions that a word of `protocol-version` stands for in a release; None is a profile without the statement.

    A word is taken as Junos means it. Without one only what is safe is admitted, where Junos takes TLS 1.0 too.
    """
    versions = SAFE if word is None else _WORDS[word]
    return versions if release.tls13 else Versions(versions.lowest, min(versions.highest, TLS12))
