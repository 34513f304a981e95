"""SSL-T, the end that faces the client: the profile's base contexts, and a site's context that each session moves to.

Session tickets are sealed with a base context's keys. It is made before the workers fork, so a ticket that one SPU
issued resumes on every other; a site's session id context keeps a ticket for one name from resuming under another.
"""

from collections.abc import Sequence
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from OpenSSL import SSL

from nf.tls.suites import harden


class Bases:
    """A profile's base contexts; two, for a connection keeps the versions of the context that it begins on."""

    def __init__(self) -> None:
        self._tls13 = _server_context(SSL.TLS1_3_VERSION)
        self._tls12 = _server_context(SSL.TLS1_2_VERSION)

    def prepare(self, sock: object, site: SSL.Context, tls13: bool) -> SSL.Connection:
        """A TLS end on the client's non-blocking socket, ready for its handshake; `tls13` permits the newest version."""
        connection = SSL.Connection(self._tls13 if tls13 else self._tls12, sock)  # type: ignore[arg-type]  # any socket
        connection.set_context(site)
        connection.set_accept_state()
        return connection


def site_context(leaf: x509.Certificate, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
                 chain: Sequence[x509.Certificate], alpn: bytes, scope: str) -> SSL.Context:
    """A context that shows a forged leaf and its CAs, answers ALPN with the server's choice, resumes within `scope`."""
    context = _server_context(SSL.TLS1_3_VERSION)
    context.use_certificate(leaf)
    context.use_privatekey(key)
    for issuer in chain:
        context.add_extra_chain_cert(issuer)
    context.set_session_id(sha256(scope.encode()).digest())
    context.set_alpn_select_callback(lambda _connection, offered: alpn if alpn in offered else SSL.NO_OVERLAPPING_PROTOCOLS)
    return context


def _server_context(highest: int) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    harden(context, highest)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_session_id(b"srxnf")
    return context
