"""What a policy that has waited for a session's application decides, once or again with each further request."""

from dataclasses import dataclass
from typing import Protocol

from nf.log.records import LogRecord
from nf.policy.unified import Known
from nf.services import Page, Service


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether the policy denies, and what a client of HTTP is told then; else its services; what to log."""

    denied: bool = False
    services: tuple[Service, ...] = ()
    records: tuple[LogRecord, ...] = ()
    page: Page | None = None


class Case(Protocol):
    """A session whose policy depends on its application."""

    def rule(self, known: Known, /) -> Ruling | None:
        """Decide by what is known now; None while that is not enough, or where it changes nothing."""
