"""What a session may ask of the dataplane."""

from typing import TypeAlias

from msgspec import Struct

from hwmodel.session import Direction
from nf.inspection.passage import Follower
from nf.log.records import LogRecord
from nf.pki import AuthFailure
from nf.services import Bulletin, Capture, Ending
from nf.services.asking import Ask
from nf.sslproxy.events import Timer
from nf.sslproxy.reasons import Reason
from nf.tls.client_hello import ClientHello
from nf.tls.parameters import TlsParameters


class Connect(Struct, frozen=True, gc=False):
    """Open the TCP connection to the server."""


class PeekMore(Struct, frozen=True, gc=False):
    """Report the client's first bytes, all of them, once there are `at_least` so many."""

    at_least: int


class AwaitServer(Struct, frozen=True, gc=False):
    """Report it when the server speaks first."""


class Initiate(Struct, frozen=True, gc=False):
    """Start SSL-I towards the server."""

    server_name: str | None
    alpn: tuple[bytes, ...]
    tls13: bool  # whether the client can follow if the server picks TLS 1.3
    post_quantum: bool = False  # whether the client offers a post-quantum group itself


class Judge(Struct, frozen=True, gc=False):
    """Judge the server's chain (DER, leaf first) for that name; None judges the path alone."""

    chain: tuple[bytes, ...]
    server_name: str | None


class Terminate(Struct, frozen=True, gc=False):
    """Answer the client's hello with SSL-T: what it is shown follows from the server's chain (DER, leaf first) and its TLS."""

    hello: ClientHello
    chain: tuple[bytes, ...]
    server: TlsParameters
    failure: AuthFailure | None = None  # why the server was not authenticated, where that is to be ignored


class Inspect(Struct, frozen=True, gc=False):
    """Report the data of both directions, out of TLS or as it comes, and deliver only what is asked for."""


class Upgrade(Struct, frozen=True, gc=False):
    """Pass on what is still to be delivered, then nothing more: the next bytes are the client's hello, to be reported."""


class Recall(Struct, frozen=True, gc=False):
    """Report what has been learned of this client and the server that it names so."""

    server_name: str | None


class Learn(Struct, frozen=True, gc=False):
    """A session could not be decrypted for this reason: remember it for this client, or this server, by its name."""

    reason: Reason
    server_name: str | None


class Deliver(Struct, frozen=True, gc=False):
    """Send bytes on in their direction."""

    direction: Direction
    data: bytes


class Relay(Struct, frozen=True, gc=False):
    """From here on pass everything both ways unseen and report only the end."""


class Arm(Struct, frozen=True, gc=False):
    """Set the session's one timer, in seconds from now; it replaces the one before."""

    timer: Timer
    seconds: float


class Report(Struct, frozen=True, gc=False):
    """Report what the session has carried once it is `age` seconds old; `Arm`'s timer, set behind it, goes on beside this."""

    age: float


class Finish(Struct, frozen=True, gc=False):
    """Pass the end of a direction on: what was held back of it has been delivered."""

    direction: Direction


class Skip(Struct, frozen=True, gc=False):
    """Pass so many bytes of a direction on unseen, or those that `count` takes, behind what has been reported; then go on
    reporting.
    """

    direction: Direction
    count: int | Follower


class Consult(Struct, frozen=True, gc=False):
    """Ask an engine, for the service of that place; what it says comes back as `Answered`."""

    place: int
    ask: Ask


class Wake(Struct, frozen=True, gc=False):
    """Report it when so many seconds have passed; it replaces the one before, and `Arm`'s timer goes on beside this."""

    seconds: float


class Announce(Struct, frozen=True, gc=False):
    """Let every worker's service of that name hear this."""

    bulletin: Bulletin


class Keep(Struct, frozen=True, gc=False):
    """Write what a service has captured of the session."""

    capture: Capture


class Route(Struct, frozen=True, gc=False):
    """Have the session take another way from now on."""

    instance: str


class Pause(Struct, frozen=True, gc=False):
    """Read nothing of these directions until the next such command."""

    directions: frozenset[Direction]


class Mark(Struct, frozen=True, gc=False):
    """Have the packets of both connections bear this code point (RFC 2474)."""

    dscp: int


class Complain(Struct, frozen=True, gc=False):
    """A service has failed: say where."""

    text: str


class Log(Struct, frozen=True, gc=False):
    """Write a record."""

    record: LogRecord


class Note(Struct, frozen=True, gc=False):
    """Keep the reason for which this session is not decrypted, for the table and the counters."""

    reason: Reason


class Drop(Struct, frozen=True, gc=False):
    """End both connections; `alert` is a TLS alert description for a client that still waits for a ServerHello."""

    reason: Reason
    alert: int | None = None
    page: bytes = b""  # what the client still gets, before an end in peace
    ending: Ending | None = None  # as a service wants it; else by RST


Command: TypeAlias = (Connect | PeekMore | AwaitServer | Initiate | Judge | Terminate | Inspect | Upgrade | Recall | Learn
                      | Deliver | Skip | Finish | Consult | Wake | Announce | Keep | Route | Pause | Mark | Complain
                      | Relay | Arm | Report | Log | Note | Drop)
