"""Screens of zones (Junos: `security screen ids-option`), as far as they limit sessions."""

from dataclasses import dataclass

from hwmodel import SessionLimit


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen's name, and how many sessions an address may have that come in by its zones."""

    name: str
    limit: SessionLimit = SessionLimit()

    @property
    def limits(self) -> bool:
        """Whether it speaks of sessions at all."""
        return self.limit.source is not None or self.limit.destination is not None
