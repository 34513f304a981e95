"""What a session has carried and how it was treated: for its log, its report at the end, and reports while it lives."""

from typing import Final

from nf.dataplane.leg import NOTHING_CARRIED, Leg
from nf.dataplane.messages import Agreed
from nf.log.records import Volume
from nf.sslproxy.reasons import Reason
from nf.tls.initiation import parameters

HALF_WAY: Final = ""  # OpenSSL names no cipher before a handshake is done


def volume(client: Leg, server: Leg | None, seconds: float) -> Volume:
    """Packets and bytes of both legs, each counted where they came in."""
    sent = client.carried()
    received = server.carried() if server is not None else NOTHING_CARRIED
    return Volume(sent.packets, sent.bytes, received.packets, received.bytes, int(seconds))


def outcome(reason: Reason | None, *, dropped: bool, decrypted: bool) -> str:
    """How a session counts once it is over."""
    if dropped:
        return "dropped"
    if decrypted:
        return "decrypted"
    if reason is None:
        return "unfinished"
    return "ignored" if reason is Reason.NON_SSL else "bypassed"


def agreed(leg: Leg | None) -> Agreed | None:
    """What the leg's TLS handshake agreed on, None without TLS or before its end."""
    if leg is None or leg.tls is None:
        return None
    found = parameters(leg.tls)
    if found.cipher == HALF_WAY:
        return None
    return Agreed(found.version, found.cipher, found.alpn.decode("ascii", "backslashreplace"))
