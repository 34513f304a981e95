"""SSL-I, the end that faces the server: the profile's client contexts and what a finished handshake tells.

It offers the server what the client itself could have offered: TLS 1.3 only to go on with TLS 1.3 behind, a post-quantum
group where the client has one. Browsers do; a client that does not saves a tenth of the session's CPU time.
"""

from OpenSSL import SSL, crypto

from nf.tls.groups import offer_classical
from nf.tls.parameters import TlsParameters
from nf.tls.suites import harden


class Initiation:
    """One profile's client contexts, one for each kind of client."""

    def __init__(self) -> None:
        self._tls12 = _client_context(SSL.TLS1_2_VERSION)
        self._tls13 = _client_context(SSL.TLS1_3_VERSION)
        self._post_quantum = _client_context(SSL.TLS1_3_VERSION)
        for context in (self._tls12, self._tls13):
            offer_classical(context)

    def prepare(self, sock: object, server_name: str | None, alpn: tuple[bytes, ...], tls13: bool,
                post_quantum: bool = False) -> SSL.Connection:
        """A TLS end on a connected non-blocking socket, ready for its handshake; the name goes out as SNI."""
        context = self._tls12 if not tls13 else self._post_quantum if post_quantum else self._tls13
        connection = SSL.Connection(context, sock)  # type: ignore[arg-type]  # any socket
        connection.set_connect_state()
        if server_name is not None:
            connection.set_tlsext_host_name(server_name.encode("ascii"))
        if alpn:
            connection.set_alpn_protos(list(alpn))
        return connection


def peer_chain(connection: SSL.Connection) -> tuple[bytes, ...]:
    """The chain that the server presented, DER, leaf first."""
    chain = connection.get_peer_cert_chain() or []
    return tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate) for certificate in chain)


def parameters(connection: SSL.Connection) -> TlsParameters:
    """What a finished handshake agreed on; valid for either end."""
    return TlsParameters(version=connection.get_protocol_version_name(), cipher=connection.get_cipher_name() or "",
                         alpn=connection.get_alpn_proto_negotiated())


def _client_context(highest: int) -> SSL.Context:
    """Takes any chain: it is judged by the pki room, for the client to be told why, before anything else happens."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    harden(context, highest)
    context.set_verify(SSL.VERIFY_NONE)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    return context
