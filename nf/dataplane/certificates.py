"""A profile's SSL engine in one worker: both TLS ends, what is thought of servers, and what clients are shown."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from socket import SocketType
from typing import Any, Final, TypeAlias

from OpenSSL import SSL

from nf.dataplane.cache_room import Rooms
from nf.dataplane.certificate_cache import CertificateCache, Site
from nf.dataplane.forward_proxy import ForwardProxy
from nf.dataplane.reverse_proxy import ReverseProxy
from nf.dataplane.server_sessions import ServerHandshake, ServerSessions
from nf.dataplane.work_kinds import key_kind
from nf.pki import AuthFailure, Verdict
from nf.pki.responders import Answers, nothing_asked
from nf.sslproxy.commands import Initiate
from nf.tls.client_hello import ClientHello
from nf.tls.end import TlsEnd
from nf.tls.failure import describe
from nf.tls.grade import Grade
from nf.tls.initiation import Initiation
from nf.tls.parameters import TlsParameters
from nf.tls.settings import TlsSettings
from nf.tls.suites import library
from nf.tls.termination import Bases, SiteContext, ceiling, site_context, takes_ecdsa

VERDICTS: Final = 4096
CERTIFICATE_LIFETIME: Final = timedelta(seconds=600)  # recalled as Junos's default, not confirmed
VERDICT_LIFETIME: Final = timedelta(seconds=600)  # less where a certificate or a CRL ends sooner
KeyLog: TypeAlias = Callable[[SSL.Context], None]
_SiteKey: TypeAlias = tuple[bytes, str | None, bytes, AuthFailure | None, bool]  # of the chain, name, ALPN, fault, ECDSA


@dataclass(frozen=True, slots=True)
class ProfileCredentials:
    """What the engine of a profile is made of; `profile` is the one's key, `system` the logical system that has it."""

    profile: str
    proxy: ForwardProxy | ReverseProxy
    tls: TlsSettings
    grade: Grade
    certificate_lifetime: timedelta = CERTIFICATE_LIFETIME
    forget_on_crl_update: bool = False
    system: str = ""


class SslEngine:
    """Made before the workers fork, so that the TLS contexts' ticket keys are the same in all of them."""

    def __init__(self, credentials: ProfileCredentials, rooms: Rooms, key_log: KeyLog | None = None) -> None:
        self.settings, self.grade = credentials.tls, credentials.grade
        self.sessions = (ServerSessions(rooms.sessions, self.settings.session_lifetime, system=credentials.system)
                         if self.settings.resumption else None)
        self.certificate_cache = CertificateCache(credentials.profile, rooms.certificates, credentials.system)
        self._credentials = credentials
        self._proxy = credentials.proxy
        self._key_log = key_log
        self._initiation = Initiation(self.settings, key_log)
        self._bases = Bases(self.settings, key_log)
        self._verdicts: OrderedDict[tuple[Any, ...], tuple[Verdict, datetime, datetime]] = OrderedDict()
        self._chooses = isinstance(self._proxy, ForwardProxy) and len(self._proxy.signers) > 1  # between two kinds of key
        self._crl_updates = 0

    @property
    def summary(self) -> str:
        """What the profile comes to, in a line for the operator who starts it."""
        lacking = f"; not in {library().name}: {', '.join(self.settings.missing)}" if self.settings.missing else ""
        return f"grade {self.grade.value}, {self.settings.versions}, {len(self.settings.suites)} ciphers{lacking}"

    def initiate(self, sock: SocketType, address: tuple[str, ...], wanted: Initiate) -> ServerHandshake:
        """SSL-I on a connected non-blocking socket, ready for its handshake, with a session to resume if there is one.

        The server's address and port, as text, tell whose sessions it may resume.
        """
        server = (*address, wanted.server_name, wanted.tls13, wanted.post_quantum)
        offered = None if self.sessions is None else self.sessions.take(server)
        tls = self._initiation.prepare(sock, wanted.server_name, wanted.alpn, wanted.tls13, wanted.post_quantum,
                                       None if offered is None else offered.session)
        return ServerHandshake(tls, self.sessions, server, offered)

    def remembered(self, chain: tuple[bytes, ...], server_name: str | None, stapled: bytes | None = None) -> Verdict | None:
        """A good verdict on a server's chain and its OCSP response, while what it rests on has not run out."""
        key = _digest(chain), len(chain), server_name, stapled
        kept = self._verdicts.get(key)
        if kept is None or not kept[1] <= datetime.now(UTC) < kept[2]:
            return None
        self._verdicts.move_to_end(key)
        return kept[0]

    def judge(self, chain: tuple[bytes, ...], server_name: str | None, stapled: bytes | None = None,
              answers: Answers = nothing_asked) -> Verdict:
        """The verdict on a server's chain and its OCSP responses, from memory where it is `remembered`."""
        kept = self.remembered(chain, server_name, stapled)
        if kept is not None:
            return kept
        at = datetime.now(UTC)
        verdict = self._proxy.judge(chain, server_name, at, stapled, answers)
        if verdict.ok:
            until = at + VERDICT_LIFETIME
            self._verdicts[_digest(chain), len(chain), server_name, stapled] = verdict, at, min(
                until, verdict.valid_until or until)
            if len(self._verdicts) > VERDICTS:
                self._verdicts.popitem(last=False)
        return verdict

    def terminate(self, sock: object, hello: ClientHello, chain: tuple[bytes, ...], server: TlsParameters,
                  failure: AuthFailure | None = None) -> TlsEnd:
        """SSL-T on the client's non-blocking socket, ready for its handshake, no better than what the server gave.

        ValueError says why there is no certificate to show.
        """
        at, digest = datetime.now(UTC), _digest(chain)
        key = digest, hello.server_name, server.alpn, failure, self._chooses and takes_ecdsa(hello, server)
        site = self.certificate_cache.find(key, at) or self._made(key, chain, at)
        return self._bases.prepare(sock, site, ceiling(hello, server))

    def update_crls(self, crls: tuple[bytes, ...]) -> None:
        """Judge by these CRLs from now on: what was thought of servers is forgotten, and perhaps what clients are shown."""
        if isinstance(self._proxy, ForwardProxy):
            self._proxy = replace(self._proxy, crls=crls)
            self._crl_updates += 1
            self._verdicts.clear()
            if self._credentials.forget_on_crl_update:
                self.certificate_cache.clear()

    def _made(self, key: _SiteKey, chain: tuple[bytes, ...], at: datetime) -> SiteContext:
        """What clients of one server will be shown until its time is over."""
        digest, server_name, alpn, failure, ecdsa = key
        shown = self._proxy.show(chain, failure, ecdsa, at, server_name)
        # A ticket resumes what it was made for and nothing else: profile, name, server, and the certificate's issuer.
        scope = f"{self._credentials.profile}/{server_name}/{digest.hex()}/{failure}/{shown.leaf.issuer.rfc4514_string()}"
        try:
            context = site_context(self.settings, shown.leaf, shown.key, shown.chain, alpn, scope, self._key_log)
        except SSL.Error as error:  # of a reverse proxy, whose servers' certificates are not of our making
            raise ValueError(f"certificate cannot be shown: {describe(error).text}") from error
        context.kind = key_kind(shown.leaf)
        expires = at + self._credentials.certificate_lifetime
        if failure is None and isinstance(self._proxy, ForwardProxy):
            expires = min(expires, shown.leaf.not_valid_after_utc)
        self.certificate_cache.keep(key, Site(context, shown.leaf, server_name, failure, at, expires, self._crl_updates))
        return context


@lru_cache(64)  # a resumed session stands under the same object as the one before
def _digest(chain: tuple[bytes, ...]) -> bytes:
    return sha256(b"".join(chain)).digest()
