"""SSL-I, the end that faces the server: the profile's client contexts and what a finished handshake tells.

It offers the server what the client itself could have offered: TLS 1.3 only to go on with TLS 1.3 behind, a post-quantum
group where the client has one. Browsers do; a client that does not saves a tenth of the session's CPU time.
"""
# ruff: noqa: SLF001 - OpenSSL's calls take what a Connection holds

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from OpenSSL import SSL, crypto

from nf.policy.versions import TLS12, TLS13
from nf.tls import client_certificate
from nf.tls.binding import DIRECT, FOREIGN, LIBRARY
from nf.tls.end import TlsEnd
from nf.tls.groups import offer_classical, offer_only
from nf.tls.parameters import NAMES, TlsParameters
from nf.tls.resumption import TlsSession, is_resumed
from nf.tls.settings import TlsSettings
from nf.tls.suites import furnish

_LEGACY_SERVERS: Final = 4  # SSL_OP_LEGACY_SERVER_CONNECT: those without RFC 5746
_RESPONSE: Final = getattr(LIBRARY, "SSL_get_tlsext_status_ocsp_resp", None)
_ALPN: Final[Any] = FOREIGN.new("unsigned char **") if DIRECT else None  # of this process, where OpenSSL points at an answer
_SIZE: Final[Any] = FOREIGN.new("unsigned int *") if DIRECT else None
_LONGEST: Final = 1 << 17  # bytes; OpenSSL takes no chain over 100 kB
_WRITTEN: Final[Any] = FOREIGN.gc(LIBRARY.BIO_new(LIBRARY.BIO_s_mem()), LIBRARY.BIO_free) if DIRECT else None
_READ: Final[Any] = FOREIGN.new("char[]", _LONGEST) if DIRECT else None


class ServerEnd(TlsEnd):
    """SSL-I's end of a connection."""

    asked = False
    _response = b""

    @property
    def stapled(self) -> bytes | None:
        """The OCSP response that the server has stapled: None where it was not asked for one, empty where it sent none.

        pyOpenSSL gives it to a callback alone, which each session pays for. Where its binding no longer has OpenSSL's call
        it is that callback's.
        """
        if not self.asked or _RESPONSE is None:
            return self._response if self.asked else None
        where = FOREIGN.new("unsigned char **")
        size = _RESPONSE(self._ssl, where)
        return b"" if size < 0 else bytes(FOREIGN.buffer(where[0], size))

    def take(self, response: bytes) -> bool:
        """The callback; goes on whatever the response says: like the chain it is judged by the pki room."""
        self._response = response
        return True


class Initiation:
    """One profile's client contexts, one for each kind of client."""

    def __init__(self, settings: TlsSettings, key_log: Callable[[SSL.Context], None] | None = None) -> None:
        self._status_request = settings.status_request
        self._has_callbacks = key_log is not None or _RESPONSE is None
        self._tls12 = _client_context(settings, TLS12, key_log)
        self._tls13 = _client_context(settings, TLS13, key_log)
        self._post_quantum = _client_context(settings, TLS13, key_log)
        for context in (self._tls12, self._tls13, self._post_quantum):
            if settings.group is not None:
                offer_only(context, settings.group)
            elif context is not self._post_quantum:
                offer_classical(context)

    def prepare(self, sock: object, server_name: str | None, alpn: tuple[bytes, ...], tls13: bool,
                post_quantum: bool = False, session: TlsSession | None = None) -> ServerEnd:
        """A TLS end on a connected non-blocking socket, ready for its handshake; the name goes out as SNI.

        A session is offered to the server, to be resumed.
        """
        context = self._tls12 if not tls13 else self._post_quantum if post_quantum else self._tls13
        connection = ServerEnd(context, sock, registered=self._has_callbacks)
        client_certificate.asking.discard(connection._ssl)
        if self._status_request:
            if DIRECT:
                LIBRARY.SSL_set_tlsext_status_type(connection._ssl, LIBRARY.TLSEXT_STATUSTYPE_ocsp)
            else:
                connection.request_ocsp()
            connection.asked = True
        if server_name is not None:
            connection.set_tlsext_host_name(server_name.encode("ascii"))
        if alpn:
            connection.set_alpn_protos(list(alpn))
        if session is not None and DIRECT:
            LIBRARY.SSL_set_session(connection._ssl, session)
        elif session is not None:
            connection.set_session(session)
        return connection


def peer_chain(connection: SSL.Connection) -> tuple[bytes, ...]:
    """The chain that the server presented, DER, leaf first."""
    if not DIRECT:
        certificates = connection.get_peer_cert_chain() or []
        return tuple(crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate) for certificate in certificates)
    stack, chain = LIBRARY.SSL_get_peer_cert_chain(connection._ssl), []
    for place in range(LIBRARY.sk_X509_num(stack)):  # -1 of none
        LIBRARY.i2d_X509_bio(_WRITTEN, LIBRARY.sk_X509_value(stack, place))
        size = LIBRARY.BIO_read(_WRITTEN, _READ, _LONGEST)
        chain.append(FOREIGN.buffer(_READ, max(0, size))[:])
    return tuple(chain)


def parameters(connection: SSL.Connection) -> TlsParameters:
    """What a finished handshake agreed on; valid for either end."""
    if not DIRECT:
        return _agreed(connection.get_protocol_version(), connection.get_cipher_name() or "",
                       connection.get_alpn_proto_negotiated(), is_resumed(connection))
    ssl = connection._ssl
    LIBRARY.SSL_get0_alpn_selected(ssl, _ALPN, _SIZE)
    alpn = FOREIGN.buffer(_ALPN[0], _SIZE[0])[:] if _SIZE[0] else b""
    return _agreed(LIBRARY.SSL_version(ssl), LIBRARY.SSL_get_current_cipher(ssl), alpn, bool(LIBRARY.SSL_session_reused(ssl)))


@lru_cache(256)  # most sessions agree on the same
def _agreed(code: int, cipher: Any, alpn: bytes, resumed: bool) -> TlsParameters:
    """`cipher` is its name, or OpenSSL's pointer to one of the ciphers that it has."""
    if not isinstance(cipher, str):
        cipher = FOREIGN.string(LIBRARY.SSL_CIPHER_get_name(cipher)).decode() if cipher else ""
    return TlsParameters(NAMES.get(code, ""), cipher, alpn, resumed)


def _client_context(settings: TlsSettings, highest: int, key_log: Callable[[SSL.Context], None] | None) -> SSL.Context:
    """Takes any chain: it is judged by the pki room, for the client to be told why, before anything else happens."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    furnish(context, settings, settings.offered, max(highest, settings.versions.lowest))
    context.set_verify(SSL.VERIFY_NONE)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    client_certificate.note_requests(context)
    if settings.status_request and _RESPONSE is None:
        context.set_ocsp_client_callback(lambda end, response, _: isinstance(end, ServerEnd) and end.take(response))
    if settings.insecure_renegotiation:
        context.set_options(_LEGACY_SERVERS)
    if key_log is not None:
        key_log(context)
    return context
