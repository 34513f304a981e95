"""Operators' commands of the security services: one file for each, named like the service.

A module offers any of SHOW_SECURITY, SHOW_SERVICES, CLEAR_SECURITY, CLEAR_SERVICES: words that stand below `show security`,
`show services` and so on.
"""

from importlib import import_module
from pkgutil import iter_modules

from nf.cli.operate.grammar import Ask, Render, Word


def words(place: str) -> tuple[Word, ...]:
    """All that services offer below one place, in the order of the words."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return tuple(sorted((word for module in modules for word in getattr(module, place, ())), key=lambda word: word.name))


def show(service: str, word: str, render: Render) -> Ask:
    """What a service's `report` says to a word; words given before it are its `about`."""
    return Ask({"show": "service", "service": service, "word": word, "about": {}}, render, into="about")


def clear(service: str, word: str, render: Render) -> Ask:
    """Have a service's `report` forget: it gets the word with `clear` before it."""
    return Ask({"clear": "service", "service": service, "word": word, "about": {}}, render, into="about")
