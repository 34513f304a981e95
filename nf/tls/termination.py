"""SSL-T, the end that faces the client: the profile's base contexts, and a site's context that each session moves to.

Session tickets are sealed with a base context's keys. It is made before the workers fork, so a ticket that one SPU
issued resumes on every other; a site's session id context keeps a ticket for one name from resuming under another.
TLS 1.2 clients without tickets are given a session id, which resumes on the SPU that gave it.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final, TypeAlias, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from OpenSSL import SSL

from nf.policy.versions import TLS12, TLS13
from nf.tls.ciphers import suites
from nf.tls.client_hello import ClientHello
from nf.tls.end import TlsEnd
from nf.tls.groups import offer_only, take_usual
from nf.tls.parameters import TlsParameters
from nf.tls.settings import TlsSettings
from nf.tls.suites import furnish_server

_ECDSA_P256: Final = 0x0403  # ecdsa_secp256r1_sha256, RFC 8446 §4.2.3
_P256: Final = 0x0017  # secp256r1
_ECDSA_SUITES: Final = frozenset(suite.code for suite in suites() if suite.ecdsa)
OnContext: TypeAlias = Callable[[SSL.Context], None]
Context = TypeVar("Context", bound=SSL.Context)


class Bases:
    """A profile's base contexts, one for each newest version: a connection keeps the limits of the one it begins on."""

    def __init__(self, settings: TlsSettings, key_log: OnContext | None = None) -> None:
        self._lowest, self._highest = settings.versions.lowest, settings.versions.highest
        self._resumption, self._logs_keys = settings.resumption, key_log is not None
        self._contexts = {version: _server_context(settings, version, key_log, SSL.Context(SSL.TLS_SERVER_METHOD))
                          for version in range(self._lowest, self._highest + 1)}
        for context in self._contexts.values() if settings.resumption else ():
            context.set_session_cache_mode(SSL.SESS_CACHE_SERVER)  # of 20,480 sessions: OpenSSL's size

    def prepare(self, sock: object, site: "SiteContext", highest: int = TLS13) -> TlsEnd:
        """A TLS end on the client's non-blocking socket, ready for its handshake; `highest` is the newest version it gets."""
        version = max(min(highest, self._highest), self._lowest)
        begins_on = self._contexts[version] if self._resumption or version != self._highest else site
        return TlsEnd(begins_on, sock, site, registered=self._logs_keys or site.chooses)


class SiteContext(SSL.Context):
    """What clients of one server are shown; `kind` is that of the key, in the words of who asked for it."""

    chooses = False  # whether ALPN is answered
    kind = ""


def ceiling(hello: ClientHello, server: TlsParameters) -> int:
    """The newest version that the client may get: the server's.

    A client that offers nothing newer is limited by itself. Its end then knows of all versions, and so marks its
    ServerHello as downgraded (RFC 8446 §4.1.3) and refuses a fallback (RFC 7507), in case someone else has stripped the
    offer. Where the client offers more than the server took, the marker would end the session, and is left out.
    """
    return TLS13 if server.version == "TLSv1.3" or hello.highest_version <= server.code else server.code


def takes_ecdsa(hello: ClientHello, server: TlsParameters) -> bool:
    """Whether a client can be shown a certificate with a P-256 key, in the version that it will get."""
    if _ECDSA_P256 not in hello.signature_algorithms:
        return not hello.signature_algorithms and hello.highest_version < TLS12 and _offers_ecdsa(hello)
    if server.is_tls13 and TLS13 in hello.versions:
        return True
    return _offers_ecdsa(hello) and (not hello.groups or _P256 in hello.groups)  # which bound certificates too: RFC 8422 §5.1


def _offers_ecdsa(hello: ClientHello) -> bool:
    return not _ECDSA_SUITES.isdisjoint(hello.cipher_suites)


def site_context(settings: TlsSettings, leaf: x509.Certificate, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
                 chain: Sequence[x509.Certificate], alpn: bytes, scope: str, key_log: OnContext | None = None) -> SiteContext:
    """A context that shows a leaf and what is sent with it, answers ALPN with the server's choice, resumes within `scope`."""
    context = _server_context(settings, settings.versions.highest, key_log, SiteContext(SSL.TLS_SERVER_METHOD))
    if settings.resumption:  # for session ids to be given out; the sessions are in the base's cache
        context.set_session_cache_mode(SSL.SESS_CACHE_SERVER | SSL.SESS_CACHE_NO_INTERNAL)
    context.use_certificate(leaf)
    context.use_privatekey(key)
    for issuer in chain:
        context.add_extra_chain_cert(issuer)
    context.set_session_id(sha256(scope.encode()).digest())
    context.chooses = bool(alpn)
    if alpn:
        context.set_alpn_select_callback(
            lambda _connection, offered: alpn if alpn in offered else SSL.NO_OVERLAPPING_PROTOCOLS)
    return context


def _server_context(settings: TlsSettings, highest: int, key_log: OnContext | None, context: Context) -> Context:
    furnish_server(context, settings, highest)
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_session_id(b"srxnf")
    context.set_timeout(settings.session_lifetime)
    if settings.group is not None:
        offer_only(context, settings.group)
    else:
        take_usual(context, finite=any(suite.exchange == "dhe" for suite in settings.suites))
    if not settings.resumption:
        context.set_options(SSL.OP_NO_TICKET)
    if key_log is not None:
        key_log(context)
    return context
