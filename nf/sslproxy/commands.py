"""What a session may ask of the dataplane."""

from dataclasses import dataclass
from typing import TypeAlias

from hwmodel.session import Direction
from nf.log.records import LogRecord
from nf.pki import AuthFailure
from nf.sslproxy.events import Timer
from nf.sslproxy.reasons import Reason
from nf.tls.client_hello import ClientHello
from nf.tls.parameters import TlsParameters


@dataclass(frozen=True, slots=True)
class Connect:
    """Open the TCP connection to the server."""


@dataclass(frozen=True, slots=True)
class PeekMore:
    """Report the client's first bytes, all of them, once there are `at_least` so many."""

    at_least: int


@dataclass(frozen=True, slots=True)
class AwaitServer:
    """Report it when the server speaks first."""


@dataclass(frozen=True, slots=True)
class Initiate:
    """Start SSL-I towards the server."""

    server_name: str | None
    alpn: tuple[bytes, ...]
    tls13: bool  # whether the client can follow if the server picks TLS 1.3
    post_quantum: bool = False  # whether the client offers a post-quantum group itself


@dataclass(frozen=True, slots=True)
class Judge:
    """Judge the server's chain (DER, leaf first) for that name; None judges the path alone."""

    chain: tuple[bytes, ...]
    server_name: str | None


@dataclass(frozen=True, slots=True)
class Terminate:
    """Answer the client's hello with SSL-T: what it is shown follows from the server's chain (DER, leaf first) and its TLS."""

    hello: ClientHello
    chain: tuple[bytes, ...]
    server: TlsParameters
    failure: AuthFailure | None = None  # why the server was not authenticated, where that is to be ignored


@dataclass(frozen=True, slots=True)
class Inspect:
    """Report the data of both directions, out of TLS or as it comes, and deliver only what is asked for."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Pass on what is still to be delivered, then nothing more: the next bytes are the client's hello, to be reported."""


@dataclass(frozen=True, slots=True)
class Recall:
    """Report what has been learned of this client and the server that it names so."""

    server_name: str | None


@dataclass(frozen=True, slots=True)
class Learn:
    """A session could not be decrypted for this reason: remember it for this client, or this server, by its name."""

    reason: Reason
    server_name: str | None


@dataclass(frozen=True, slots=True)
class Deliver:
    """Send bytes on in their direction."""

    direction: Direction
    data: bytes


@dataclass(frozen=True, slots=True)
class Relay:
    """From here on pass everything both ways unseen and report only the end."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Set the session's one timer, in seconds from now; it replaces the one before."""

    timer: Timer
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """Report what the session has carried once it is `age` seconds old; `Arm`'s timer goes on beside this."""

    age: float


@dataclass(frozen=True, slots=True)
class Log:
    """Write a record."""

    record: LogRecord


@dataclass(frozen=True, slots=True)
class Note:
    """Keep the reason for which this session is not decrypted, for the table and the counters."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Drop:
    """End both connections at once; `alert` is a TLS alert description for a client that still waits for a ServerHello."""

    reason: Reason
    alert: int | None = None


Command: TypeAlias = (Connect | PeekMore | AwaitServer | Initiate | Judge | Terminate | Inspect | Upgrade | Recall | Learn
                      | Deliver | Relay | Arm | Report | Log | Note | Drop)
