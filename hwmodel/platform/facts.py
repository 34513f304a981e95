"""What is known of a device: figures with their provenance, SPUs, cards, and the platform made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from hwmodel.document import ModelError
from hwmodel.work import CostTable

_SPUS_PER_FPC = 4  # an SPU's number is 4 x FPC + PIC, as seen in session identifiers of SRX5000 chassis
DECIMAL_BLOCK = 10_000_000  # identifiers that belong to one SPU in the decimal scheme


class PlatformError(ModelError):
    """An unknown platform, or a platform file that does not say what it must."""


class Kind(Enum):
    """How a figure is known: the vendor says so, a device showed it, we computed it from those, or we chose it."""

    SHEET = "sheet"
    MEASURED = "measured"
    DERIVED = "derived"
    ASSUMED = "assumed"


class Role(Enum):
    """What an SPU does, in the chassis inventory's words."""

    CENTRAL_POINT = "SPU Cp"
    COMBO = "SPU Cp-Flow"
    FLOW = "SPU Flow"


class SessionIds(Enum):
    """How session identifiers are numbered: decimal blocks of ten million an SPU, or the owner in the upper 32 bits."""

    DECIMAL = "decimal"
    UPPER_32 = "upper-32"


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its provenance."""

    value: float | str
    source: str
    kind: Kind
    unit: str = ""  # none for words and plain numbers


@dataclass(frozen=True, slots=True)
class SpuSpec:
    """One SPU: where it sits, its role, its flow threads, and how many IPv4 sessions its table holds."""

    fpc: int
    pic: int
    role: Role
    threads: int
    max_sessions: int

    @property
    def number(self) -> int:
        """The number that session identifiers are built from."""
        return _SPUS_PER_FPC * self.fpc + self.pic

    @property
    def name(self) -> str:
        """The SPU's place in the chassis."""
        return f"FPC{self.fpc}.PIC{self.pic}"


@dataclass(frozen=True, slots=True)
class Card:
    """A card in its slot, as `show chassis hardware` names it and its PICs."""

    slot: int
    name: str
    description: str
    model: str
    pics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Platform:
    """The hardware of one device; `figures` gives the provenance of every number by its dotted key in the file.

    `published` are ceilings that the vendor or a device shows (Gbps, connections/s); the model is checked against them
    and does not run on them, but for large packets, a limit. A fixed device has no cards.
    """

    name: str
    description: str
    spus: tuple[SpuSpec, ...]
    costs: CostTable
    session_ids: SessionIds
    ipv6_slots: int  # table slots that an IPv6 session takes
    network_processors: int
    wings_per_np: int
    hash_entries: int
    figures: Mapping[str, Figure] = field(repr=False)
    express_path: bool = False  # whether its network processors finish offloaded sessions themselves
    published: Mapping[str, Figure] = field(default_factory=dict, repr=False)
    cards: tuple[Card, ...] = ()
    queue: int = 1024  # batches of packets that wait in each of a thread's lines

    @property
    def max_sessions(self) -> int:
        """IPv4 sessions that all SPUs hold together."""
        return sum(spu.max_sessions for spu in self.spus)

    @property
    def threads(self) -> int:
        """Data-plane threads of all SPUs that take sessions."""
        return sum(spu.threads for spu in self.spus if spu.max_sessions)

    @property
    def assumed(self) -> tuple[str, ...]:
        """The figures that nobody has published or measured."""
        return tuple(key for key, figure in self.figures.items() if figure.kind is Kind.ASSUMED)
