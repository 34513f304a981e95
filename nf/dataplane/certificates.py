"""A profile's SSL engine in one worker: judges server chains and forges certificates, each behind a bounded cache."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from cachetools import LRUCache
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL

from hwmodel.session import FiveTuple
from nf.dataplane import server_sessions
from nf.dataplane.server_sessions import ServerHandshake, ServerSessions
from nf.pki import (
    AuthFailure,
    Authority,
    LeafKey,
    Verdict,
    interdict,
    interdict_distrusted,
    new_distrusted,
    verify_server_chain,
)
from nf.sslproxy.commands import Initiate
from nf.tls.initiation import Initiation
from nf.tls.termination import Bases, site_context

VERDICTS = 4096
SITES = 1024  # each holds an OpenSSL context of about 26 KB
LIFETIME = timedelta(seconds=600)  # of what is cached; less where a certificate ends sooner


@dataclass(frozen=True, slots=True)
class ProfileCredentials:
    """What a profile decrypts with: its CA, the key of its forged leaves, and whom it trusts (DER)."""

    profile: str
    authority: Authority
    leaf_key: LeafKey
    anchors: tuple[bytes, ...]
    crls: tuple[bytes, ...] = ()
    cert_ids: Mapping[bytes, str] = field(default_factory=dict)  # CA profile names by certificate, for the log
    resumption: bool = True  # of sessions with servers
    session_lifetime: float = server_sessions.LIFETIME  # seconds


class SslEngine:
    """Made before the workers fork, so that the TLS contexts' ticket keys are the same in all of them."""

    def __init__(self, credentials: ProfileCredentials) -> None:
        self._initiation = Initiation()
        self.sessions = ServerSessions(credentials.session_lifetime) if credentials.resumption else None
        self.bases = Bases()
        self._credentials = credentials
        self._own = credentials.authority.certificate
        self._distrusted = new_distrusted(credentials.authority)
        self._verdicts: LRUCache[tuple[Any, ...], tuple[Verdict, datetime]] = LRUCache(VERDICTS)
        self._sites: LRUCache[tuple[Any, ...], tuple[SSL.Context, datetime]] = LRUCache(SITES)

    def initiate(self, sock: socket.socket, flow: FiveTuple, wanted: Initiate) -> ServerHandshake:
        """SSL-I on a connected non-blocking socket, ready for its handshake, with a session to resume if there is one."""
        tls = self._initiation.prepare(sock, wanted.server_name, wanted.alpn, wanted.tls13, wanted.post_quantum)
        server = (flow.dst, flow.dport, wanted.server_name, wanted.tls13, wanted.post_quantum)
        return ServerHandshake(tls, self.sessions, server)

    def judge(self, chain: tuple[bytes, ...], server_name: str | None) -> Verdict:
        """The verdict on a server's chain, from the cache while no certificate of it has run out."""
        at, key = datetime.now(UTC), (sha256(b"".join(chain)).digest(), len(chain), server_name)
        cached = self._verdicts.get(key)
        if cached is not None and at < cached[1]:
            return cached[0]
        verdict = verify_server_chain(chain, self._credentials.anchors, server_name, at, self._credentials.crls,
                                      own_authorities=(self._own.public_bytes(Encoding.DER),),
                                      cert_ids=self._credentials.cert_ids)
        ends = [x509.load_der_x509_certificate(der).not_valid_after_utc for der in verdict.path]
        if verdict.ok:
            self._verdicts[key] = (verdict, min([at + LIFETIME, *ends]))
        return verdict

    def site(self, server_certificate: bytes, server_name: str | None, alpn: bytes,
             failure: AuthFailure | None = None) -> SSL.Context:
        """The context that shows a certificate forged after the server's, one that fails in the same way where that failed.

        ValueError says why none can be forged.
        """
        at, key = datetime.now(UTC), (sha256(server_certificate).digest(), server_name, alpn, failure)
        cached = self._sites.get(key)
        if cached is not None and at < cached[1]:
            return cached[0]
        leaf, chain = self._forge(x509.load_der_x509_certificate(server_certificate), failure, at)
        scope = f"{self._credentials.profile}/{server_name}/{key[0].hex()}"
        context = site_context(leaf, self._credentials.leaf_key.key, chain, alpn, scope)
        self._sites[key] = (context, min(at + LIFETIME, leaf.not_valid_after_utc))
        return context

    def _forge(self, server: x509.Certificate, failure: AuthFailure | None,
               at: datetime) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
        """The forged leaf, and the CA certificates that are sent with it."""
        known = self._credentials
        if failure is None:
            return interdict(server, known.authority, known.leaf_key, at), (self._own, *known.authority.chain)
        # Its made-up issuer is not sent: to the client it must be one that cannot be found, not a root in the chain.
        return interdict_distrusted(server, failure, self._distrusted, known.leaf_key, at), ()
