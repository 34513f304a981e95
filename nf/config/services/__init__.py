"""Statements of the security services to the facts that services read: one file for each, named like the service.

A module offers AREAS (statements with an effect here, as in `nf.config.effects`), OWN (beginnings of paths that a logical
system or tenant may have for itself) and `build(scope)`, which returns facts of the policy room, or None where the text
says nothing of it. What it makes stands in `LogicalSystem.services` under the module's name.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from nf.config.build_books import AddressBooks
from nf.config.errors import Findings
from nf.config.tree import Statement, active
from nf.policy.policies import Policy
from nf.policy.release import Release
from nf.policy.systems import LogicalSystem


@dataclass(frozen=True, slots=True)
class Scope:
    """The statements of a system, and what of it is built already: `system` lacks the services alone.

    In a logical system or tenant `shared` is what the box has under this name, None where it has nothing.
    """

    root: Statement
    system: LogicalSystem
    books: AddressBooks
    cas: Mapping[str, object]
    findings: Findings
    release: Release
    shared: Any = None

    def asked(self, statement: str) -> Iterator[tuple[Policy, str]]:
        """Policies with this statement in their `application-services`, and its value."""
        for policy in self.system.policies.policies:
            for word, value in policy.services.others:
                if word == statement:
                    yield policy, value

    def check_asked(self, statement: str, what: str, known: Collection[str]) -> None:
        """Note every policy that names something by this statement that is not there."""
        for policy, name in self.asked(statement):
            if name not in known:
                self.findings.wrong(self.where(statement, name), name, f"policy {policy.name} names {what} that is not there",
                                    known)

    def where(self, word: str, text: str) -> Statement:
        """The first statement of this word with this value, or the root of all."""
        return next((each for each in active(self.root) if each.word and each.word.name == word and text in each.values),
                    self.root)


def modules() -> Iterator[tuple[str, ModuleType]]:
    """Every module of this package with its name."""
    for module in iter_modules(__path__):
        yield module.name, import_module(f"{__name__}.{module.name}")


def build_all(scope: Scope) -> dict[str, Any]:
    """What the statements say, by service; what the box has stands for a system that has no word on it."""
    found = dict(scope.system.services)
    for name, module in modules():
        own = Scope(scope.root, scope.system, scope.books, scope.cas, scope.findings, scope.release, found.get(name))
        built = module.build(own)
        if built is not None:
            found[name] = built
    return found
