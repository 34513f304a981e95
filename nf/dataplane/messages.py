"""What the central point and its SPU workers tell each other, as msgpack over a SOCK_SEQPACKET pair."""

import msgspec


class Assign(msgspec.Struct, array_like=True, frozen=True):
    """A session for a worker; the client's socket travels beside it. `leg` is the interface it came in on."""

    session_id: int
    leg: int
    source: str
    source_port: int
    destination: str
    destination_port: int


class Opened(msgspec.Struct, array_like=True, frozen=True):
    """A session that the first path has admitted."""

    session_id: int
    policy: str
    source_zone: str
    destination_zone: str
    service: str


class Closed(msgspec.Struct, array_like=True, frozen=True):
    """A session that is over: how it was treated, why it ended, and the work that it was."""

    session_id: int
    outcome: str  # decrypted, bypassed, ignored, dropped, denied
    reason: str  # a Reason's code, empty for a session that was decrypted
    packets: int = 0
    bytes: int = 0
    decrypted_bytes: int = 0


class Report(msgspec.Struct, array_like=True, frozen=True):
    """What a worker has to say since its last report."""

    opened: list[Opened] = []
    closed: list[Closed] = []


_encoder = msgspec.msgpack.Encoder()
_assignments = msgspec.msgpack.Decoder(list[Assign])
_reports = msgspec.msgpack.Decoder(Report)

BATCH = 64  # sessions, or descriptors, in one message


def encode(message: list[Assign] | Report) -> bytes:
    """The bytes of a message."""
    return _encoder.encode(message)


def decode_assignments(data: bytes) -> list[Assign]:
    """What the central point has sent."""
    return _assignments.decode(data)


def decode_report(data: bytes) -> Report:
    """What a worker has sent."""
    return _reports.decode(data)
