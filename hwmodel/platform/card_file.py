"""Cards: what a services card or an I/O card brings into a slot; one TOML file each, the file name is the name."""

from dataclasses import dataclass
from pathlib import Path

from hwmodel.document import Section, read_toml
from hwmodel.platform.facts import DECIMAL_BLOCK, Card, Figure, PlatformError, Role, SessionIds, SpuSpec
from hwmodel.platform.figures import Figures

CARDS = Path(__file__).parent.parent / "cards"


@dataclass(frozen=True, slots=True)
class _Unit:
    """A kind of SPU on a card."""

    role: Role
    threads: int
    max_sessions: int

    def at(self, slot: int, pic: int) -> SpuSpec:
        return SpuSpec(slot, pic, self.role, self.threads, self.max_sessions)


@dataclass(frozen=True, slots=True)
class CardType:
    """A card as its file describes it; `host` is what its first SPU becomes where it hosts the central point."""

    name: str
    description: str
    model: str
    spus: int = 0
    flow: _Unit | None = None
    host: _Unit | None = None
    session_ids: SessionIds = SessionIds.DECIMAL
    network_processors: int = 0
    wings: int = 0
    express_path: bool = False
    pic: str = ""

    def specs(self, slot: int, *, hosts: bool) -> list[SpuSpec]:
        """Its SPUs in that slot."""
        if self.flow is None or self.host is None:
            return []
        return [(self.host if hosts and pic == 0 else self.flow).at(slot, pic) for pic in range(self.spus)]

    def card(self, slot: int, *, hosts: bool) -> Card:
        """Its line in the inventory."""
        pics = [spec.role.value for spec in self.specs(slot, hosts=hosts)] or [self.pic] * self.network_processors
        return Card(slot, self.name, self.description, self.model, tuple(pics))


def card_names() -> tuple[str, ...]:
    """The names of the cards that come with the model."""
    return tuple(sorted(path.stem for path in CARDS.glob("*.toml")))


def read_card(name: str, kept: dict[str, Figure]) -> CardType:
    """The card of that name, which must be one of `card_names`; its figures are kept."""
    root = read_toml(CARDS / f"{name}.toml", PlatformError)
    figures = Figures(kept, f"{name}.")
    root.only(("description", "model", "spu", "host", "network_processor"))
    description, model = root.text("description"), root.text("model")
    if "network_processor" not in root.data:
        return _services_card(name, description, model, root, figures)
    processor = root.section("network_processor")
    processor.only(("count", "wings", "express_path", "pic"))
    return CardType(
        name,
        description,
        model,
        network_processors=figures.whole(processor, "count", 1),
        wings=figures.whole(processor, "wings", 2),
        express_path=figures.flag(processor, "express_path"),
        pic=processor.text("pic"),
    )


def _services_card(name: str, description: str, model: str, root: Section, figures: Figures) -> CardType:
    spu, host = root.section("spu"), root.section("host")
    spu.only(("count", "ids", "threads", "max_sessions"))
    host.only(("role", "threads", "max_sessions"))
    role = Role(figures.choice(host, "role", [Role.CENTRAL_POINT.value, Role.COMBO.value]))
    capacity = 0 if role is Role.CENTRAL_POINT else figures.whole(host, "max_sessions", 1)
    scheme = SessionIds(figures.choice(spu, "ids", [entry.value for entry in SessionIds]))
    flow = _Unit(Role.FLOW, figures.whole(spu, "threads", 1), figures.whole(spu, "max_sessions", 1))
    if scheme is SessionIds.DECIMAL and flow.max_sessions >= DECIMAL_BLOCK:
        raise spu.fault("max_sessions", f"decimal identifiers number fewer than {DECIMAL_BLOCK} sessions an SPU")
    return CardType(
        name,
        description,
        model,
        spus=figures.whole(spu, "count", 1, 4),
        flow=flow,
        host=_Unit(role, figures.whole(host, "threads", 1), capacity),
        session_ids=scheme,
    )
