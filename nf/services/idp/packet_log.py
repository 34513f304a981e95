"""What a session carried around an attack, as packets of TCP without TLS in a pcapng file (Junos: `packet-log`).

A packet is a segment as an Ethernet takes it; its sequence number is the place of its data in their direction's stream.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from hwmodel.session import Direction, FiveTuple
from nf.policy.idp import PacketLog, PacketStorage
from nf.protocols import pcapng
from nf.protocols.tcp_frames import MTU, TcpFrames
from nf.services import Capture, Piece

INTERFACE = "srxnf idp"  # what it is called in files


@dataclass(frozen=True, slots=True)
class _Segment:
    direction: Direction
    start: int
    data: bytes
    now: float


class Recorder:
    """The packets of one session, whose number is the packet log's: the latest, which a rule may want, and those it wants."""

    def __init__(self, flow: FiveTuple, number: int, storage: PacketStorage, before: int,
                 clock: Callable[[], float]) -> None:
        self.number = number
        self._frames = TcpFrames(flow)
        for direction in Direction:
            self._frames.go_to(direction, 0)
        self._storage, self._clock = storage, clock
        self._longest = MTU - (40 if flow.src.version == 4 else 60)
        self._before: deque[_Segment] = deque(maxlen=before)
        self._segments: list[_Segment] = []  # of the piece that is looked at
        self._now = 0.0
        self._after, self._until = 0, 0.0
        self._name = ""  # of the file, once there is one
        self._blocks: list[bytes] = []

    @property
    def wants_more(self) -> bool:
        """Whether packets after an attack are still to come."""
        return self._after > 0

    def see(self, piece: Piece) -> None:
        """What is looked at now."""
        self._now = piece.now
        self._segments = [_Segment(piece.direction, piece.start + at, piece.data[at:at + self._longest], piece.now)
                          for at in range(0, len(piece.data), self._longest)]

    def keep(self, wanted: PacketLog, attack: str, offset: int, now: float) -> None:
        """An attack was found that ends at this offset: keep its packet and those around it."""
        while self._segments and self._segments[0].start + len(self._segments[0].data) < offset:
            self._pass(self._segments.pop(0))
        for earlier in list(self._before)[-wanted.before:]:
            self._write(earlier)
        self._before.clear()
        if self._segments and self._segments[0].start < offset:  # else it went by before
            self._write(self._segments.pop(0), attack)
        self._after, self._until = max(self._after, wanted.after), max(self._until, now + wanted.seconds)

    def written(self) -> tuple[Capture, ...]:
        """What is to be written now that all of it has been looked at."""
        for segment in self._segments:
            self._pass(segment)
        self._segments = []
        if not self._blocks:
            return ()
        begins, blocks = not self._name, b"".join(self._blocks)
        self._blocks = []
        if begins:
            self._name = f"idp-{int(self._clock())}-{self.number}.pcapng"
            blocks = pcapng.section_header() + pcapng.interface_description(INTERFACE) + blocks
        storage = self._storage
        return (Capture(storage.directory, self._name, blocks, begins, storage.files, storage.size),)

    def _pass(self, segment: _Segment) -> None:
        """A packet without an attack."""
        if segment.now > self._until:
            self._after = 0
        if self._after:
            self._after -= 1
            self._write(segment)
        else:
            self._before.append(segment)

    def _write(self, segment: _Segment, comment: str = "") -> None:
        self._frames.go_to(segment.direction, segment.start)
        at = self._clock() - (self._now - segment.now)
        self._blocks += [pcapng.enhanced_packet(frame, at, comment=comment)
                         for frame in self._frames.data(segment.direction, segment.data)]
