"""What a session has carried and how it was treated: for its log, its report at the end, and reports while it lives."""

from typing import Final

from msgspec import Struct

from nf.dataplane.leg import NOTHING_CARRIED, Leg
from nf.dataplane.messages import NO_HANDSHAKE, Agreed, Closed, Progress
from nf.flow.entry import SessionEntry
from nf.log.records import Volume
from nf.sslproxy.reasons import Reason
from nf.sslproxy.states import State
from nf.tls.initiation import parameters

_UNFINISHED = (None, Reason.UNDETERMINED, Reason.UNFINISHED)
YOUNG: Final = 1.0  # seconds that a session lives before operators are told how it goes
HALF_WAY: Final = ""  # OpenSSL names no cipher before a handshake is done


class Account(Struct, eq=False):
    """What is known of one session beside its machine's state; the connection writes down what happens."""

    entry: SessionEntry
    client: Leg
    born: float
    touched: float  # when something last moved
    server: Leg | None = None
    server_name: str | None = None  # as SSL-I gives it to the server
    reason: Reason | None = None
    dropped: bool = False
    decrypted: bool = False
    authenticated: bool = False
    renegotiations: int = 0
    ssl_t: int = NO_HANDSHAKE
    ssl_i: int = NO_HANDSHAKE
    kinds: tuple[int, int] = (0, 0)  # of work, once SSL-T is done
    relayed: int = 0  # bytes of data, out of TLS where there is any
    messages: int = 0  # how often some came
    _told: float = 0.0  # `touched` when an operator was last told

    def volume(self, now: float) -> Volume:
        """Packets and bytes of both legs, each counted where they came in."""
        sent = self.client.carried()
        received = self.server.carried() if self.server is not None else NOTHING_CARRIED
        return Volume(sent.packets, sent.bytes, received.packets, received.bytes, int(now - self.born))

    def news(self, now: float, patience: float, state: State) -> Progress | None:
        """How the session goes, where it is old enough and something has changed since the last time."""
        if self.touched == self._told or now - self.born < YOUNG:
            return None
        self._told = self.touched
        volume, application = self.volume(now), self.entry.inspection.application
        return Progress(
            self.entry.facts.session_id, volume.packets_c2s, volume.bytes_c2s, volume.packets_s2c, volume.bytes_s2c,
            self.relayed if self.decrypted else 0, max(0.0, self.touched + patience - now), patience,
            state.value, self.reason.value if self.reason else "",
            application.application, application.encrypted, self.server_name or "",
            agreed(self.client) if self.decrypted else None, agreed(self.server), self.renegotiations, self.authenticated,
            self.messages, self.entry.inspection.inspected)

    def summary(self, volume: Volume) -> Closed:
        """The session once it is over."""
        return Closed(
            session_id=self.entry.facts.session_id, reason=self.reason.value if self.reason else "",
            outcome="decrypted" if self.decrypted and not self.dropped else self._outcome(),
            packets=volume.packets_c2s + volume.packets_s2c, bytes=volume.bytes_c2s + volume.bytes_s2c,
            decrypted_bytes=self.relayed if self.decrypted else 0, ssl_t=self.ssl_t, ssl_i=self.ssl_i,
            handshake=self.kinds[0], cipher=self.kinds[1], messages=self.messages, inspected=self.entry.inspection.inspected)

    def _outcome(self) -> str:
        """Of a session that was not decrypted to its end."""
        if self.dropped:
            return "dropped"
        if self.reason in _UNFINISHED:
            return "unfinished"
        return "ignored" if self.reason is Reason.NON_SSL else "bypassed"


def agreed(leg: Leg | None) -> Agreed | None:
    """What the leg's TLS handshake agreed on, None without TLS or before its end."""
    if leg is None or leg.tls is None:
        return None
    found = parameters(leg.tls)
    if found.cipher == HALF_WAY:
        return None
    return Agreed(found.version, found.cipher, found.alpn.decode("ascii", "backslashreplace"), leg.tls.get_group_name() or "",
                  found.resumed)
