"""What the two TLS handshakes of a decrypted session have told, for services that look at it."""

from msgspec import Struct


class Secured(Struct, frozen=True):
    """The name that the client asked for, what server and client agreed to speak, the server's chain (DER, leaf first)."""

    server_name: str | None = None
    alpn: bytes = b""
    chain: tuple[bytes, ...] = ()
