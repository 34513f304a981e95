"""What a handshake agreed on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TlsParameters:
    """Protocol version and cipher suite by their OpenSSL names, and the application protocol, empty without ALPN."""

    version: str
    cipher: str
    alpn: bytes = b""

    @property
    def is_tls13(self) -> bool:
        """Whether TLS 1.3 was agreed on."""
        return self.version == "TLSv1.3"
