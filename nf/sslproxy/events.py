"""What may happen to a session, as the dataplane reports it."""

from enum import Enum
from typing import TypeAlias

from msgspec import Struct

from hwmodel.session import Direction
from nf.log.records import CloseReason, Volume
from nf.pki import Verdict
from nf.services.asking import Answer
from nf.sslproxy.reasons import Reason
from nf.tls.failure import TlsFailure
from nf.tls.parameters import TlsParameters


class Timer(Enum):
    """The one deadline that a session has at a time."""

    SILENCE = "silence"
    CONNECT = "connect"
    HANDSHAKE = "handshake"
    IDLE = "idle"


class Opened(Struct, frozen=True, gc=False):
    """The client's TCP connection is there; `now`, as everywhere, is for services that count time.

    `data` are the client's first bytes as in `Peeked`, where some have come already.
    """

    now: float = 0.0
    data: bytes = b""


class Peeked(Struct, frozen=True, gc=False):
    """The client's first bytes, all of them so far; they stay unread in the socket."""

    data: bytes


class ClientFinished(Struct, frozen=True, gc=False):
    """The client has sent its FIN, and nothing before it."""


class Recalled(Struct, frozen=True, gc=False):
    """What is known of this client and this server: why the session is to be passed on undecrypted, or None."""

    reason: Reason | None


class ServerConnected(Struct, frozen=True, gc=False):
    """The TCP connection to the server is there."""


class ServerUnreachable(Struct, frozen=True, gc=False):
    """The TCP connection to the server failed; `text` is the operating system's word for it.

    `lacking` is the reason where it is not the server's or the network's fault but ours: something has run out.
    """

    text: str
    lacking: Reason | None = None


class ServerSpoke(Struct, frozen=True, gc=False):
    """The server has sent bytes before the client's intention was known."""


class InitiationDone(Struct, frozen=True, gc=False):
    """SSL-I has finished its handshake: the server's chain (DER, leaf first) and what was negotiated.

    `asked` says that the server wanted a client certificate, and got none; `verdict` is what is known of the chain already.
    """

    chain: tuple[bytes, ...]
    parameters: TlsParameters
    asked: bool = False
    verdict: Verdict | None = None


class InitiationFailed(Struct, frozen=True, gc=False):
    """SSL-I's handshake failed, after the server had `asked` for a client certificate or without that."""

    failure: TlsFailure
    asked: bool = False


class Judged(Struct, frozen=True, gc=False):
    """The server's chain has been judged."""

    verdict: Verdict


class TerminationDone(Struct, frozen=True, gc=False):
    """SSL-T has finished its handshake with the client."""

    parameters: TlsParameters


class TerminationFailed(Struct, frozen=True, gc=False):
    """SSL-T's handshake failed."""

    failure: TlsFailure


class InterdictionFailed(Struct, frozen=True, gc=False):
    """No certificate could be forged; `text` says why."""

    text: str


class Plaintext(Struct, frozen=True, gc=False):
    """Bytes of one direction, out of TLS or as they came; `segments` counts the client's data segments so far."""

    direction: Direction
    data: bytes
    segments: int = 0
    now: float = 0.0


class Finished(Struct, frozen=True, gc=False):
    """Who sends in this direction has ended its stream, while data are inspected; the end waits for `do.Finish`."""

    direction: Direction
    now: float = 0.0


class Answered(Struct, frozen=True, gc=False):
    """An engine has answered the service of that place."""

    place: int
    answer: Answer


class Woken(Struct, frozen=True, gc=False):
    """The time is over that was asked for with `do.Wake`."""

    now: float = 0.0


class ServerAlerted(Struct, frozen=True, gc=False):
    """The server has ended its TLS with a fatal alert; both connections are about to end."""

    failure: TlsFailure


class Renegotiating(Struct, frozen=True, gc=False):
    """The peer that sends in this direction has begun another handshake within its TLS."""

    direction: Direction


class Renegotiated(Struct, frozen=True, gc=False):
    """That handshake is done; the server's chain (DER, leaf first) as it is now, empty on the client's side."""

    direction: Direction
    chain: tuple[bytes, ...] = ()


class Stormed(Struct, frozen=True, gc=False):
    """The peer that sends in this direction sends TLS messages and no data, more of them than anybody needs."""

    direction: Direction


class Violated(Struct, frozen=True, gc=False):
    """What came from the peer that sends in this direction was no TLS any more; both connections are about to end."""

    direction: Direction
    failure: TlsFailure


class TimedOut(Struct, frozen=True, gc=False):
    """The armed timer has run out."""

    timer: Timer


class Updated(Struct, frozen=True, gc=False):
    """The session is as old as was asked for: what it has carried so far."""

    volume: Volume


class Ended(Struct, frozen=True, gc=False):
    """Both TCP connections are gone: why, what they carried, whether the server's TLS ended without close_notify."""

    reason: CloseReason
    volume: Volume
    truncated: bool = False


Event: TypeAlias = (Opened | Peeked | ClientFinished | Recalled | ServerConnected | ServerUnreachable | ServerSpoke
                    | InitiationDone | InitiationFailed | Judged | TerminationDone | TerminationFailed | InterdictionFailed
                    | Plaintext | Finished | Answered | Woken
                    | ServerAlerted | Renegotiating | Renegotiated | Stormed | Violated | TimedOut | Updated
                    | Ended)
