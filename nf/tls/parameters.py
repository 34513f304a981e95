"""What a handshake agreed on."""

from typing import Final

from msgspec import Struct

from nf.policy.versions import TLS10, TLS11, TLS12, TLS13

_CODES: Final = {"TLSv1": TLS10, "TLSv1.1": TLS11, "TLSv1.2": TLS12, "TLSv1.3": TLS13}
NAMES: Final = {code: name for name, code in _CODES.items()}


class TlsParameters(Struct, frozen=True, gc=False):
    """Protocol version and cipher suite by their OpenSSL names, and the application protocol, empty without ALPN.

    `resumed` says that the handshake was an abbreviated one.
    """

    version: str
    cipher: str
    alpn: bytes = b""
    resumed: bool = False

    @property
    def is_tls13(self) -> bool:
        """Whether TLS 1.3 was agreed on."""
        return self.version == "TLSv1.3"

    @property
    def code(self) -> int:
        """The version's code point; 0 where nothing was agreed on."""
        return _CODES.get(self.version, 0)
