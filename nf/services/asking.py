"""What services ask of daemons (clamd, an ICAP server, a name server), and what comes back.

A service speaks the daemon's protocol itself, as bytes; the dataplane owns the connections and keeps those that may serve
again. One exchange is all Asks of a session with the same number.
"""

from typing import Literal

from msgspec import Struct

Transport = Literal["tcp", "tls", "udp", "unix"]


class Peer(Struct, frozen=True):
    """A daemon: where it is, and how it is spoken to. Equal peers share idle connections."""

    transport: Transport
    host: str  # address or name; the path of a unix socket
    port: int = 0
    trusted: tuple[str, ...] = ()  # CA profiles that may vouch for it, with tls
    server_name: str = ""  # to be found in its certificate, with tls
    certificate: str = ""  # the local certificate to show it, with tls
    verify: bool = True  # whether it has to be vouched for
    most: int = 64  # connections at a time


class Ask(Struct, frozen=True):
    """Send this to a daemon; whatever it says comes back until the exchange is `over`.

    While a daemon does not take what it was sent, the session is read no further.
    """

    number: int  # of the exchange, by the service's own count
    peer: Peer
    data: bytes = b""
    deadline: float = 15.0  # seconds until a fault, counted anew with each Ask
    over: bool = False  # the exchange is: there is nothing more to come
    keep: bool = False  # with `over`: the connection may serve another exchange


class Answer(Struct, frozen=True):
    """What a daemon has said, in pieces as they came.

    `fault` says that there is nothing more to come. A connection that was `reused` may have ended before it was asked:
    then the same may be asked again, of a fresh one.
    """

    number: int
    data: bytes = b""
    fault: Literal["", "timeout", "not-ready", "closed", "busy"] = ""
    reused: bool = False
    now: float = 0.0
