"""What a running device says of its security services: asked of every worker, added up."""

from collections.abc import Callable, Mapping
from typing import Any

from nf import services
from nf.dataplane.device import Device
from nf.dataplane.inquiries import Answers, Later
from nf.dataplane.selection import RequestError


def show(device: Device, request: Mapping[str, Any]) -> Later:
    """One service's own answer to a word, or what inspection has counted of it (`tally`)."""
    name = request.get("service")
    if name not in services.available():
        raise RequestError(f"service: expected one of {', '.join(services.available())}")
    about = {"service": name, "word": str(request.get("word", "tally")), "about": request.get("about", {})}
    return _asked(device, about, lambda answers: added(answers.values()))


def clear(device: Device, request: Mapping[str, Any]) -> Later:
    """Have one service forget: its `report` gets the word with `clear` before it."""
    return show(device, {**request, "word": f"clear {request.get('word', '')}".strip()})


def tallies(device: Device, _: Mapping[str, Any]) -> Later:
    """What inspection has counted of every service."""
    return _asked(device, {"service": "", "word": "tallies"}, lambda answers: added(answers.values()))


def _asked(device: Device, about: Mapping[str, Any], made: Callable[[Answers], Mapping[str, Any]]) -> Later:
    later = Later()
    device.inquiries.ask(frozenset(device.worker_of.values()), "service", about, lambda answers: later.give(made(answers)))
    return later


def added(answers: Any) -> dict[str, Any]:
    """Answers of several workers as one: numbers add up, lists follow each other, of the rest the first stands."""
    total: dict[str, Any] = {}
    for answer in answers:
        for key, value in answer.items():
            total[key] = _sum(total[key], value) if key in total else value
    return total


def _sum(one: Any, other: Any) -> Any:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return added((one, other))
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *other]
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, bool):
        return one + other
    return one
