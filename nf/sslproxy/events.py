"""What may happen to a session, as the dataplane reports it."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from hwmodel.session import Direction
from nf.log.records import CloseReason, Volume
from nf.pki import Verdict
from nf.sslproxy.reasons import Reason
from nf.tls.failure import TlsFailure
from nf.tls.parameters import TlsParameters


class Timer(Enum):
    """The one deadline that a session has at a time."""

    SILENCE = "silence"
    CONNECT = "connect"
    HANDSHAKE = "handshake"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Opened:
    """The client's TCP connection is there."""


@dataclass(frozen=True, slots=True)
class Peeked:
    """The client's first bytes, all of them so far; they stay unread in the socket."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ClientFinished:
    """The client has sent its FIN, and nothing before it."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is known of this client and this server: why the session is to be passed on undecrypted, or None."""

    reason: Reason | None


@dataclass(frozen=True, slots=True)
class ServerConnected:
    """The TCP connection to the server is there."""


@dataclass(frozen=True, slots=True)
class ServerUnreachable:
    """The TCP connection to the server failed; `text` is the operating system's word for it."""

    text: str


@dataclass(frozen=True, slots=True)
class ServerSpoke:
    """The server has sent bytes before the client's intention was known."""


@dataclass(frozen=True, slots=True)
class InitiationDone:
    """SSL-I has finished its handshake: the server's chain (DER, leaf first) and what was negotiated.

    `asked` says that the server wanted a client certificate, and got none.
    """

    chain: tuple[bytes, ...]
    parameters: TlsParameters
    asked: bool = False


@dataclass(frozen=True, slots=True)
class InitiationFailed:
    """SSL-I's handshake failed, after the server had `asked` for a client certificate or without that."""

    failure: TlsFailure
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """The server's chain has been judged."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class TerminationDone:
    """SSL-T has finished its handshake with the client."""

    parameters: TlsParameters


@dataclass(frozen=True, slots=True)
class TerminationFailed:
    """SSL-T's handshake failed."""

    failure: TlsFailure


@dataclass(frozen=True, slots=True)
class InterdictionFailed:
    """No certificate could be forged; `text` says why."""

    text: str


@dataclass(frozen=True, slots=True)
class Plaintext:
    """Bytes of one direction, out of TLS or as they came; `segments` counts the client's data segments so far."""

    direction: Direction
    data: bytes
    segments: int = 0


@dataclass(frozen=True, slots=True)
class ServerAlerted:
    """The server has ended its TLS with a fatal alert; both connections are about to end."""

    failure: TlsFailure


@dataclass(frozen=True, slots=True)
class Renegotiating:
    """The peer that sends in this direction has begun another handshake within its TLS."""

    direction: Direction


@dataclass(frozen=True, slots=True)
class Renegotiated:
    """That handshake is done; the server's chain (DER, leaf first) as it is now, empty on the client's side."""

    direction: Direction
    chain: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Stormed:
    """The peer that sends in this direction sends TLS messages and no data, more of them than anybody needs."""

    direction: Direction


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The armed timer has run out."""

    timer: Timer


@dataclass(frozen=True, slots=True)
class Updated:
    """The session is as old as was asked for: what it has carried so far."""

    volume: Volume


@dataclass(frozen=True, slots=True)
class Ended:
    """Both TCP connections are gone: why, what they carried, whether the server's TLS ended without close_notify."""

    reason: CloseReason
    volume: Volume
    truncated: bool = False


Event: TypeAlias = (Opened | Peeked | ClientFinished | Recalled | ServerConnected | ServerUnreachable | ServerSpoke
                    | InitiationDone | InitiationFailed | Judged | TerminationDone | TerminationFailed | InterdictionFailed
                    | Plaintext | ServerAlerted | Renegotiating | Renegotiated | Stormed | TimedOut | Updated | Ended)
