"""What the central point and its SPU workers tell each other, as msgpack over a SOCK_SEQPACKET pair."""

from typing import Any, Final, TypeAlias

import msgspec

from nf.policy.systems import ROOT_LOGICAL_SYSTEM

NO_HANDSHAKE: Final = 0  # of a leg: none was begun
FULL: Final = 1
RESUMED: Final = 2
FAILED: Final = 3

NO_POLICY: Final = -1 << 31  # in place of the index of a session that ended before its policy was known


class Assign(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A session for a worker, its client's socket beside it; or one that a worker has accepted by itself, and reports."""

    session_id: int
    leg: int  # the interface that it came in on
    source: str
    source_port: int
    destination: str
    destination_port: int
    at: float = 0.0  # when that was; seconds of the clock that all processes share (CLOCK_MONOTONIC)


class EndSessions(msgspec.Struct, frozen=True, tag="end"):
    """Sessions of a worker that an operator has cleared, or that are to make room, if they have been silent for so long."""

    session_ids: list[int]
    silent: float | None = None  # seconds


class Question(msgspec.Struct, frozen=True, tag="ask"):
    """What an operator wants to know, or to be cleared, and only the worker can: its caches, a session's TLS ends."""

    number: int  # which the reply repeats
    word: str
    about: dict[str, Any] = {}
    worker: int = 0  # the process that has the session that it is about


class Known(msgspec.Struct, array_like=True, frozen=True):
    """One thing learned of a client and a server, or of a server alone, and for how many seconds it holds."""

    profile: str
    client: str
    server: str
    port: int
    server_name: str | None
    reason: str
    count: int
    seconds: float


class Teach(msgspec.Struct, frozen=True, tag="teach"):
    """What every worker is to know from now on; nothing at all where an operator has had it forgotten."""

    known: Known | None


class Told(msgspec.Struct, array_like=True, frozen=True):
    """What a worker's service wants its like in all workers to know, for so many seconds, or while a session lives."""

    service: str
    key: str
    value: str
    seconds: float
    session: int = 0


class Hear(msgspec.Struct, frozen=True, tag="hear"):
    """What other workers' services have announced."""

    told: list[Told]


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Whether the worker's loop still turns: it sends a report, if only an empty one."""


class ReadCrls(msgspec.Struct, frozen=True, tag="crls"):
    """The CRLs of the PKI directory have changed: judge by them from now on."""

    directory: str


class Drain(msgspec.Struct, frozen=True, tag="drain"):
    """No more sessions will come: end with the last of those that are there, after so many seconds at the latest."""

    seconds: float


class Reply(msgspec.Struct, array_like=True, frozen=True):
    """A worker's answer to a question; one with `error` says why there is none."""

    number: int
    answer: dict[str, Any]


class Settled(msgspec.Struct, frozen=True, tag="settled"):
    """A session's way is made, or will not be: its first packet need not wait any longer."""

    session_id: int


class Lend(msgspec.Struct, frozen=True, tag="lend"):
    """Accept by yourself from now on, under these session numbers, by SPU; without any, accept no more."""

    numbers: dict[int, list[int]]


Order: TypeAlias = list[Assign] | Lend | EndSessions | Settled | Question | Teach | Hear | Ping | ReadCrls | Drain


class Opened(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What the first path has found for a session; `policy_index` is 1 for the first policy of all systems.

    The default one has 0 in the box itself, and the negative of its place in the n-th logical system or tenant.
    """

    session_id: int
    policy: str
    source_zone: str
    destination_zone: str
    service: str
    policy_index: int = 0
    source_interface: str = ""
    destination_interface: str = ""
    profile: str = ""  # the SSL proxy profile of the policy, if any
    bypass: str = ""  # the code of the reason why the SSL proxy leaves the session alone, if it does
    unnamed: bool = False  # the policy asks for the SSL proxy and names no profile
    idle: float = 0.0  # seconds without data after which the session ends
    logical_system: str = ROOT_LOGICAL_SYSTEM  # or tenant
    pending: bool = False  # its policy waits for its application: another such message will follow
    default_profile: str = ""  # policies named several SSL proxy profiles: "hit" is the default one, "none" that there is none


class Agreed(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What a finished TLS handshake agreed on."""

    version: str
    cipher: str
    alpn: str
    group: str = ""
    resumed: bool = False


class Progress(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What a session that still lives has carried, with headers, and what it has agreed on."""

    session_id: int
    packets_c2s: int
    bytes_c2s: int
    packets_s2c: int
    bytes_s2c: int
    decrypted_bytes: int
    timeout: float  # seconds left
    maximum: float  # seconds
    state: str
    reason: str
    application: str
    encrypted: str
    server_name: str = ""
    termination: Agreed | None = None
    initiation: Agreed | None = None
    renegotiations: int = 0
    authenticated: bool = False  # whether the server was
    messages: int = 0
    inspected: dict[str, int] = {}  # bytes that each service was shown


class Closed(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A session that is over: how it was treated, why it ended, and the work that it was."""

    session_id: int
    outcome: str  # decrypted, bypassed, ignored, dropped, denied
    reason: str  # a Reason's code, empty for a session that was decrypted
    packets: int = 0
    bytes: int = 0
    decrypted_bytes: int = 0
    ssl_t: int = NO_HANDSHAKE  # or FULL, RESUMED, FAILED
    ssl_i: int = NO_HANDSHAKE
    handshake: int = 0  # which kind both were, and the cipher of SSL-T; `work_kinds` numbers them
    cipher: int = 0
    messages: int = 0  # times that data came and were passed on
    inspected: dict[str, int] = {}  # bytes that each service was shown


class Taught(msgspec.Struct, array_like=True, frozen=True):
    """What one session has taught that could not be decrypted: a Reason's code, and the server's name."""

    session_id: int
    profile: str
    reason: str
    server_name: str | None


class Routed(msgspec.Struct, array_like=True, frozen=True):
    """A session that is to take the way of a routing instance from now on, and the interface that it leaves by today.

    `first`: its first packet waits until the way is made.
    """

    session_id: int
    egress: str
    instance: str
    first: bool = False


class Report(msgspec.Struct, array_like=True, frozen=True):
    """What a worker has to say since its last report; of what it has accepted before all else."""

    opened: list[Opened] = []
    closed: list[Closed] = []
    progress: list[Progress] = []
    replies: list[Reply] = []
    taught: list[Taught] = []
    told: list[Told] = []
    routed: list[Routed] = []
    accepted: list[Assign] = []
    handed: list[Assign] = []  # connections of other workers' SPUs, their sockets beside them
    stopped: bool = False  # it accepts no more: what it has been lent is free again


_encoder = msgspec.msgpack.Encoder()
_orders: msgspec.msgpack.Decoder[Order] = msgspec.msgpack.Decoder(Order)
_reports = msgspec.msgpack.Decoder(Report)

BATCH = 64  # sessions, or descriptors, in one message
ENDINGS = 1024  # sessions to end in one message
NEWS = 16  # live sessions told of in one message: names that a peer has chosen are long at worst


def encode(message: Order | Report) -> bytes:
    """The bytes of a message."""
    return _encoder.encode(message)


def decode_orders(data: bytes) -> Order:
    """What the central point has sent."""
    return _orders.decode(data)


def decode_report(data: bytes) -> Report:
    """What a worker has sent."""
    return _reports.decode(data)
