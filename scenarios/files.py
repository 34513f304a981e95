"""The scenarios there are; what is wrong with a file is a ScenarioError that names file and key."""

import tomllib
from difflib import get_close_matches
from pathlib import Path

import msgspec

from scenarios import checks
from scenarios.schema import Scenario


class ScenarioError(Exception):
    """What a scenario file says wrong: file, key, what was expected."""

    def __init__(self, origin: str, message: str) -> None:
        super().__init__(f"{origin}: {message}")


def available() -> tuple[str, ...]:
    """Names of the scenarios there are."""
    return tuple(sorted(file.stem for file in Path(__file__).parent.glob("*.toml")))


def load(name: str) -> Scenario:
    """Read a scenario by its name, or from the path of a file of one's own that ends in .toml."""
    file = Path(name) if name.endswith(".toml") else Path(__file__).with_name(f"{name}.toml")
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioError(name, _missing(name, error)) from None
    return parse(text, file.stem, str(file) if name.endswith(".toml") else file.name)


def _missing(name: str, error: OSError) -> str:
    if name.endswith(".toml"):
        return error.strerror or "cannot be read"
    near = get_close_matches(name, available(), n=2)
    hint = f"did you mean {' or '.join(near)}?" if near else f"available: {', '.join(available())}"
    return f"no such scenario; {hint}"


def parse(text: str, name: str, origin: str) -> Scenario:
    """Turn a file's text into a scenario."""
    try:
        scenario = msgspec.convert({"name": name, **tomllib.loads(text)}, Scenario)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ScenarioError(origin, str(error).replace("`$.", "`")) from None
    for fault in checks.faults(scenario):
        raise ScenarioError(origin, fault)
    return scenario
