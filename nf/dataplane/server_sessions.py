"""TLS sessions with servers, kept to be resumed: one pool a server, each session offered once (RFC 8446 §C.4)."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Final, TypeAlias

from msgspec import Struct

from nf.dataplane.cache_counters import CacheCounters
from nf.dataplane.cache_room import CacheRoom
from nf.tls.initiation import ServerEnd, peer_chain
from nf.tls.resumption import TlsSession, newest_session, own_session

POOL: Final = 16  # sessions of one server: as many of its connections can begin at once and all resume
LIFETIME: Final = 600.0  # seconds, where the configuration says nothing

# Address and port as text, name, and which of the profile's contexts: a session is bound to it.
Server: TypeAlias = tuple[Any, ...]


class ServerSession(Struct, frozen=True, gc=False):
    """A session that a server may resume, the chain (DER, leaf first) under which it was made, and what was stapled to it.

    A resumed handshake shows no certificate, so the chain is judged anew each time from here.
    """

    session: TlsSession
    chain: tuple[bytes, ...]
    ends: float  # of the clock's seconds
    stapled: bytes | None = None


class ServerSessions:
    """One profile's pools in one worker; the server longest unused goes first."""

    def __init__(self, room: CacheRoom, lifetime: float = LIFETIME, clock: Callable[[], float] = time.monotonic,
                 system: str = "") -> None:
        self._lifetime, self._clock = lifetime, clock
        self._room, self._system = room, system
        self._pools: OrderedDict[Server, deque[ServerSession]] = OrderedDict()
        self.counters = CacheCounters()
        room.join(system, self)

    @property
    def limit(self) -> int:
        """How many sessions there may be, of all profiles together."""
        return POOL * self._room.limit

    def __len__(self) -> int:
        return sum(map(len, self._pools.values()))

    def take(self, server: Server) -> ServerSession | None:
        """The newest session of this server, which is then no longer kept."""
        pool = self._pools.get(server)
        if pool:
            newest = pool.pop()
            if self._clock() < newest.ends:
                self.counters.hits += 1
                return newest
            pool.clear()  # the others are older
        self.counters.misses += 1
        return None

    def keep(self, server: Server, session: TlsSession, chain: tuple[bytes, ...], stapled: bytes | None = None) -> None:
        """Keep a session for the next connection to this server."""
        pool = self._pools.get(server)
        if pool is None:
            self._room.make_way(self._system)
            pool = self._pools[server] = deque(maxlen=POOL)
        else:
            self._pools.move_to_end(server)
        pool.append(ServerSession(session, chain, self._clock() + self._lifetime, stapled))

    def held(self) -> int:
        """How many servers have sessions here."""
        return len(self._pools)

    def drop_oldest(self) -> None:
        """Forget the server longest unused, for lack of room."""
        self._pools.popitem(last=False)
        self.counters.full += 1

    def clear(self) -> int:
        """Forget all; returns how many there were."""
        count = len(self)
        self._pools.clear()
        return count

    def clear_stale(self) -> int:
        """Forget those that have expired; returns how many there were."""
        count, now = len(self), self._clock()
        for server, pool in tuple(self._pools.items()):
            living = [one for one in pool if now < one.ends]
            pool.clear()
            pool.extend(living)
            if not living:
                del self._pools[server]
        return count - len(self)

    def entries(self) -> Iterator[Mapping[str, Any]]:
        """The sessions as plain data: whose they are, the hash of the chain they were made under, seconds until they end."""
        for (address, port, name, *_), pool in self._pools.items():
            for one in pool:
                yield {"dest-ip": address, "dest-port": int(port), "server-name-extn-name": name or "",
                       "server-cert-chain-hash": sha256(b"".join(one.chain)).hexdigest()[:32],
                       "expires-in": round(one.ends - self._clock(), 1)}


class ServerHandshake(Struct, eq=False):
    """SSL-I's handshake with one server, and what it leaves to be resumed."""

    tls: ServerEnd
    _sessions: ServerSessions | None
    _server: Server
    _offered: ServerSession | None
    chain: tuple[bytes, ...] = ()
    stapled: bytes | None = None

    def finish(self, *, resumed: bool) -> None:
        """The handshake is done: see which chain the server stands under."""
        if self._offered is not None and resumed:
            self.chain, self.stapled = self._offered.chain, self._offered.stapled
        else:
            self.chain, self.stapled = peer_chain(self.tls), self.tls.stapled
        self._offered = None

    def keep(self, *, apart: bool = False) -> None:
        """The session was good: leave it to the next one, with the newest ticket that the server sent.

        `apart` is for a connection that may end without close_notify now, with which OpenSSL would spoil the session.
        """
        sessions, self._sessions = self._sessions, None
        if sessions is None or not self.chain:
            return
        session = own_session(self.tls) if apart else newest_session(self.tls)
        if session is not None:
            sessions.keep(self._server, session, self.chain, self.stapled)
