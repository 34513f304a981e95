"""Platform files: a fixed device with its units, a chassis with slots, or another layout of such a chassis."""

import re
from types import MappingProxyType

from hwmodel.document import Section
from hwmodel.platform.cost_file import read_costs
from hwmodel.platform.facts import (
    DECIMAL_BLOCK,
    Figure,
    Platform,
    PlatformError,
    Role,
    SessionIds,
    SpuSpec,
)
from hwmodel.platform.figures import Figures
from hwmodel.platform.layout import Layout, cards_of_table, cards_of_words
from hwmodel.platform.queue_file import read_queue

_PLACE = re.compile(r"FPC(\d{1,2})\.PIC([0-3])")
_PUBLISHED = (
    "large_gbps",  # firewall, 1518-byte UDP
    "imix_gbps",
    "ips_gbps",
    "ngfw_gbps",
    "threat_gbps",  # advanced threat protection
    "ipsec_gbps",
    "ipsec_imix_gbps",
    "sessions",
    "cps",
    "packets_per_second",  # that a device was seen to forward at full CPU
)


def fixed_platform(name: str, root: Section) -> Platform:
    """A device whose units are listed in its file."""
    root.only(("description", "sessions", "network_processor", "costs", "spu", "threads", "published", "features"))
    figures = Figures({})
    sessions, processor = root.section("sessions"), root.section("network_processor")
    sessions.only(("ids", "ipv6_slots"))
    processor.only(("count", "wings", "hash_entries", "express_path"))
    scheme = SessionIds(figures.choice(sessions, "ids", [entry.value for entry in SessionIds]))
    return Platform(
        name=name,
        description=root.text("description"),
        spus=_spus(root, scheme, figures),
        costs=read_costs(root.section("costs"), figures),
        session_ids=scheme,
        ipv6_slots=figures.whole(sessions, "ipv6_slots", 1, 255),
        network_processors=figures.whole(processor, "count", 1, 256),
        wings_per_np=figures.whole(processor, "wings", 2),
        hash_entries=figures.whole(processor, "hash_entries", 1, 1 << 20),
        express_path=figures.flag(processor, "express_path"),
        published=_published(root),
        queue=read_queue(root, figures),
        figures=MappingProxyType(figures.kept),
    )


def modular_platform(name: str, root: Section, description: str, cards: Section | str) -> Platform:
    """A chassis with those cards: a `[cards]` table, or the words of a layout."""
    root.only(("description", "chassis", "cards", "costs", "threads", "published", "features"))
    figures = Figures({})
    chassis = root.section("chassis")
    chassis.only(("slots", "ipv6_slots", "hash_entries"))
    slots = figures.whole(chassis, "slots", 1, 12)
    in_slots = cards_of_words(name, cards, slots) if isinstance(cards, str) else cards_of_table(cards, slots)
    layout = Layout(in_slots, figures.kept)
    if not any(spec.max_sessions for spec in layout.spus()) or not layout.network_processors:
        raise PlatformError(root.origin, name, "expected a services card that takes sessions, and an I/O card")
    large = any(card.spus and card.session_ids is SessionIds.UPPER_32 for card in layout.types)
    as_published = in_slots == cards_of_table(root.section("cards"), slots)
    ports = [card for card in layout.types if card.network_processors]
    return Platform(
        name=name,
        description=description,
        spus=layout.spus(),
        costs=read_costs(root.section("costs"), figures),
        session_ids=SessionIds.UPPER_32 if large else SessionIds.DECIMAL,
        ipv6_slots=figures.whole(chassis, "ipv6_slots", 1, 255),
        network_processors=layout.network_processors,
        wings_per_np=min(card.wings for card in ports),
        hash_entries=figures.whole(chassis, "hash_entries", 1, 1 << 20),
        express_path=all(card.express_path for card in ports),
        published=_published(root) if as_published else MappingProxyType({}),
        cards=layout.cards(),
        queue=read_queue(root, figures),
        figures=MappingProxyType(figures.kept),
    )


def _published(root: Section) -> MappingProxyType[str, Figure]:
    kept: dict[str, Figure] = {}
    if "published" in root.data:
        section = root.section("published")
        section.only(_PUBLISHED)
        for key in section.data:
            Figures(kept).number(section, key)
    return MappingProxyType({key.removeprefix("published."): figure for key, figure in kept.items()})


def _spus(root: Section, scheme: SessionIds, figures: Figures) -> tuple[SpuSpec, ...]:
    spus = [spec for section in root.sections("spu") for spec in _group(section, figures)]
    places = {(spec.fpc, spec.pic) for spec in spus}
    if len(places) < len(spus):
        raise root.fault("spu", "two SPUs in one place")
    if not any(spec.max_sessions for spec in spus):
        raise root.fault("spu", f"expected an SPU with role {Role.FLOW.value} or {Role.COMBO.value}")
    if scheme is SessionIds.DECIMAL and any(spec.max_sessions >= DECIMAL_BLOCK for spec in spus):
        raise root.fault("spu", f"decimal identifiers number fewer than {DECIMAL_BLOCK} sessions an SPU")
    return tuple(sorted(spus, key=lambda spec: spec.number))


def _group(section: Section, figures: Figures) -> list[SpuSpec]:
    section.only(("at", "role", "threads", "max_sessions"))
    role = Role(figures.choice(section, "role", [entry.value for entry in Role]))
    threads = figures.whole(section, "threads", 1)
    # a dedicated central point holds no sessions of its own, so it needs no figure for them
    capacity = 0 if role is Role.CENTRAL_POINT else figures.whole(section, "max_sessions", 1)
    return [SpuSpec(fpc, pic, role, threads, capacity) for fpc, pic in _places(section)]


def _places(section: Section) -> list[tuple[int, int]]:
    listed = section.data.get("at")
    if isinstance(listed, list) and listed:
        found = [_PLACE.fullmatch(str(place)) for place in listed]
        if all(found):
            return [(int(match[1]), int(match[2])) for match in found if match]
    raise section.fault("at", 'expected a list of places such as ["FPC0.PIC0", "FPC0.PIC1"]')
