"""Our own settings, written as `apply-macro srxnf { … }` where they are meant; other macros are not looked at."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from nf.config.errors import Findings, expected, nearest
from nf.config.tree import Statement, active

MACRO = "srxnf"


class Extension(msgspec.Struct, frozen=True):
    """One setting: where it may stand and what it may say.

    That is one of these words, a whole number between these two, or a text of this form, which `meaning` says to people.
    """

    containers: tuple[str, ...]
    values: tuple[str, ...] = ()
    range: tuple[int, int] | None = None
    form: str = ""
    meaning: str = ""

    def admits(self, text: str) -> bool:
        """Whether it may say this."""
        if self.form:
            return re.fullmatch(self.form, text) is not None
        if self.range is None:
            return text in self.values
        return text.isascii() and text.isdecimal() and len(text) < 10 and self.range[0] <= int(text) <= self.range[1]

    @property
    def expected(self) -> str:
        """What it may say, for people."""
        if self.form:
            return self.meaning
        return " | ".join(self.values) if self.range is None else f"a number from {self.range[0]} to {self.range[1]}"

    def belongs(self, path: str) -> bool:
        """Whether it may stand in a container with this path, of the box or of a logical system."""
        return any(path == container or path.endswith(f" {container}") for container in self.containers)


@cache
def extensions() -> Mapping[str, Extension]:
    """The settings by name, as shipped beside this file."""
    text = files("nf.config").joinpath("extensions.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Extension])


def extension(container: Statement, name: str) -> str | None:
    """The value of a setting in a container, or None where it is not made."""
    for macro in container.all("apply-macro"):
        for data in macro.children.values() if macro.name == MACRO else ():
            if data.name == name and not data.inactive:
                return data.text
    return None


def check_extensions(root: Statement, findings: Findings) -> None:
    """Note the settings that do not exist or have no such value; remark on those that stand where they mean nothing."""
    for container in active(root):
        for macro in container.all("apply-macro"):
            for data in macro.children.values() if macro.name == MACRO else ():
                if not data.inactive:
                    _check(container, data, findings)


def _check(container: Statement, data: Statement, findings: Findings) -> None:
    known = extensions().get(data.name)
    if known is None:
        names = [name for name, other in extensions().items() if container.word and other.belongs(container.word.path)]
        others = "" if nearest(data.name, extensions()) else expected(names)
        findings.wrong(data, data.name, f"no such setting of apply-macro {MACRO}{others}", extensions())
    elif not known.admits(data.text):
        findings.wrong(data, data.text or data.name, f"{data.name} takes {known.expected}", known.values)
    elif container.word is None or not known.belongs(container.word.path):
        meant = " or ".join(dict.fromkeys(f"'{path.rpartition(' ')[2]}'" for path in known.containers))
        findings.remark(data, f"apply-macro {MACRO} {data.name}",
                        f"no effect in this place: it is a setting of {meant}")
