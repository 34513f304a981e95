"""Real TLS ends over memory: our own, and peers of both TLS libraries; bytes are carried until nobody says more."""

import ssl
from typing import Protocol

from OpenSSL import SSL

from nf.pki import create_authority, interdict, new_leaf_key
from nf.policy.profile import SslProxyProfile
from nf.tls.settings import TlsSettings, tls_settings
from nf.tls.suites import library
from nf.tls.termination import site_context
from tests.pki.factory import LEAF, MIDDLE, NOW

AUTHORITY = create_authority("SRX CA", "ecdsa", at=NOW)
LEAF_KEY = new_leaf_key(AUTHORITY)
SETTINGS = tls_settings(SslProxyProfile("p"), library())  # of a profile that says nothing
FORGED = interdict(LEAF.certificate, AUTHORITY, LEAF_KEY, NOW)


class End(Protocol):
    """One end of a TLS connection."""

    def turn(self, incoming: bytes) -> bytes:
        """Take what the peer sent, go on with the handshake, answer what there is to send."""


class OpenSslEnd:
    """A pyOpenSSL connection without a socket; once its handshake is done it collects what it is sent."""

    def __init__(self, tls: SSL.Connection) -> None:
        self.tls = tls
        self.read = b""
        self.done = False

    def turn(self, incoming: bytes) -> bytes:
        if incoming:
            self.tls.bio_write(incoming)
        try:
            if not self.done:
                self.tls.do_handshake()
                self.done = True
            while True:
                self.read += self.tls.recv(1 << 16)
        except SSL.WantReadError:
            return self.waiting()

    def waiting(self) -> bytes:
        """What is to be sent, also after a failure."""
        try:
            return self.tls.bio_read(1 << 16)
        except SSL.WantReadError:
            return b""


class LibraryClient:
    """A client of the standard library, which can tell whether a session was resumed."""

    def __init__(self, context: ssl.SSLContext, name: str, session: ssl.SSLSession | None = None) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._in, self._out, server_hostname=name, session=session)
        self._done = False

    def turn(self, incoming: bytes) -> bytes:
        self._in.write(incoming)
        try:
            if not self._done:
                self.tls.do_handshake()
                self._done = True
            self.tls.read(1)
        except ssl.SSLWantReadError:
            pass
        return self._out.read()


def library_context(*alpn: str, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = version
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


def shake(client: End, server: End) -> None:
    """Carry bytes both ways until both are silent; what either end raises comes out."""
    to_server = client.turn(b"")
    while to_server:
        to_client = server.turn(to_server)
        to_server = client.turn(to_client) if to_client else b""


def site(alpn: bytes = b"", scope: str = "fp/a.test", settings: TlsSettings = SETTINGS) -> SSL.Context:
    """A site's context that shows the forged leaf."""
    return site_context(settings, FORGED, LEAF_KEY.key, (AUTHORITY.certificate,), alpn, scope)


def origin_context() -> SSL.Context:
    """An origin as OpenSSL makes it, without any of our settings."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.use_certificate(LEAF.certificate)
    context.use_privatekey(LEAF.key)
    context.add_extra_chain_cert(MIDDLE.certificate)
    return context


def accepting(context: SSL.Context) -> OpenSslEnd:
    tls = SSL.Connection(context, None)
    tls.set_accept_state()
    return OpenSslEnd(tls)


def connecting(context: SSL.Context) -> OpenSslEnd:
    tls = SSL.Connection(context, None)
    tls.set_connect_state()
    return OpenSslEnd(tls)
