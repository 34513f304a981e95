"""The Junos release that is emulated: what it has, and what is younger than it."""

import re
from dataclasses import dataclass

_FORM = re.compile(r"([0-9]{2})\.([1-4])(?:[RX][0-9]+\S{0,16})?")


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """A release by year and quarter; maintenance releases (`R1`, `X49-D80`, `R2-S1`) add nothing that matters here.

    15.1 is the seed mode: profiles are the box's alone, there is no TLS 1.3 and no renegotiation.
    """

    year: int
    quarter: int

    @classmethod
    def parse(cls, text: str) -> "Release":
        """A release as Junos writes it, such as 24.4 or 15.1X49-D80; ValueError says what is expected."""
        form = _FORM.fullmatch(text)
        release = cls(int(form[1]), int(form[2])) if form else None
        if release is None or not OLDEST <= release <= NEWEST:
            raise ValueError(f"{text}: expected a Junos release from {OLDEST} to {NEWEST}, such as {NEWEST}")
        return release

    def __str__(self) -> str:
        return f"{self.year}.{self.quarter}"

    @property
    def tls13(self) -> bool:
        """Whether its SSL proxy speaks TLS 1.3."""
        return self >= Release(21, 2)

    @property
    def renegotiates(self) -> bool:
        """Whether `actions renegotiation` counts; before, a session that asks for renegotiation is dropped."""
        return self > Release(15, 1)

    @property
    def offloads(self) -> bool:
        """Whether sessions take the Express Path unless their policy says no; before, only those whose policy says so."""
        return self >= Release(21, 2)

    @property
    def system_profiles(self) -> bool:
        """Whether a logical system may have SSL proxy profiles of its own; the global ones it may always name."""
        return self >= Release(19, 1)


OLDEST, NEWEST = Release(12, 1), Release(24, 4)
