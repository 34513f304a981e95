"""Layouts: which card sits in which slot, as a file's `[cards]` table or as `spc3=4,spc2=2,ioc4=1` on a command line."""

import re
from collections.abc import Mapping

from hwmodel.document import Section
from hwmodel.platform.card_file import CardType, card_names, read_card
from hwmodel.platform.facts import Card, Figure, PlatformError, SpuSpec

_SLOTS = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")
_PART = re.compile(r"([a-z0-9]+)=(\d{1,2})")


class Layout:
    """Cards in slots; the services card in the lowest slot hosts the central point, as SRX5000 inventories show it."""

    def __init__(self, cards: Mapping[int, str], figures: dict[str, Figure]) -> None:
        kinds = {name: read_card(name, figures) for name in sorted(set(cards.values()))}
        self._types: list[tuple[int, CardType]] = [(slot, kinds[cards[slot]]) for slot in sorted(cards)]
        self._host = next((slot for slot, card in self._types if card.spus), None)
        self.types = tuple(kinds.values())
        self.network_processors = sum(card.network_processors for _, card in self._types)

    def spus(self) -> tuple[SpuSpec, ...]:
        """All SPUs in the order of their places."""
        found = [card.specs(slot, hosts=slot == self._host) for slot, card in self._types]
        return tuple(spec for specs in found for spec in specs)

    def cards(self) -> tuple[Card, ...]:
        """All cards in the order of their slots."""
        return tuple(card.card(slot, hosts=slot == self._host) for slot, card in self._types)


def cards_of_table(section: Section, slots: int) -> dict[int, str]:
    """`0-10 = "spc3"` and `11 = "ioc4"`: slots, or ranges of them, and the card that sits there."""
    found: dict[int, str] = {}
    for key in section.data:
        match = _SLOTS.fullmatch(key)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, -1)
        if not first <= last < slots:
            raise section.fault(key, f'expected a slot from 0 to {slots - 1}, or a range such as "0-1"')
        name = section.text(key)
        if name not in card_names():
            raise section.fault(key, f"unknown card {name!r}; available: {', '.join(card_names())}")
        if found.keys() & set(range(first, last + 1)):
            raise section.fault(key, "two cards in one slot")
        found.update(dict.fromkeys(range(first, last + 1), name))
    return found


def cards_of_words(name: str, words: str, slots: int) -> dict[int, str]:
    """`spc3=4,ioc4=1`: so many of each, into slots from 0 on in the order written; raises PlatformError."""
    found: list[str] = []
    for part in words.split(","):
        match = _PART.fullmatch(part)
        if match is None or match[1] not in card_names():
            known = ", ".join(card_names())
            raise PlatformError("", name, f"{part!r} is no layout; expected card=number with cards {known}")
        found += [match[1]] * int(match[2])
    if len(found) > slots:
        raise PlatformError("", name, f"{len(found)} cards are more than its {slots} slots")
    return dict(enumerate(found))
