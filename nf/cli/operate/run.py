"""One line of an operator: parsed, asked, shown, piped."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from nf.cli.operate import pipes
from nf.cli.operate.grammar import Answer, OperatorError
from nf.cli.operate.parse import Command, CommandError, Possible, parse
from nf.cli.operate.tree import PIPES, ROOT

LEAVING: Final = ("exit", "quit")
# names come from foreign hosts: no control characters to the terminal, but tabs
_UNPRINTABLE: Final = {code: f"\\x{code:02x}" for code in (*range(9), *range(10, 32), *range(127, 160))}


class Answers(Protocol):
    """The device."""

    def answer(self, request: dict[str, Any], pages: str = "") -> Answer:
        """Its whole answer."""


@dataclass(frozen=True, slots=True)
class Output:
    """Lines for the operator, and whether to stop at the end of each screen."""

    lines: tuple[str, ...]
    more: bool = True


def run(line: str, device: Answers) -> Output:
    """What a command answers; raises CommandError or OperatorError."""
    command = parse(line, ROOT, PIPES)
    names = [name for name, _ in command.pipes]
    if "set" in names and command.ask.request != {"show": "configuration"}:
        raise OperatorError("display set: only 'show configuration' can be shown so")
    answer = device.answer(command.path.request(command.ask), command.ask.pages)
    lines = pipes.through(_shown(command, answer, names), command.pipes)
    return Output(tuple(line.translate(_UNPRINTABLE) for line in lines), "no-more" not in names)


def explain(error: CommandError, indent: int) -> str:
    """The mark under the first wrong word of a line, `indent` columns to the right, and what was expected."""
    lines = [f"{' ' * (indent + error.column)}^", str(error)]
    return "\n".join([*lines, completions(error.fitting)] if error.fitting else lines)


def completions(fitting: Sequence[Possible]) -> str:
    """What may come next, with one line of help each."""
    width = max((len(one.text) for one in fitting), default=0)
    return "\n".join(["Possible completions:", *(f"  {one.text:<{width}}  {one.help}".rstrip() for one in fitting)])


def _shown(command: Command, answer: Answer, names: list[str]) -> list[str]:
    given = {**command.path.given, **command.ask.given, **({"set": True} if "set" in names else {})}
    if "json" in names or "xml" in names:
        data = answer if command.ask.data is None else command.ask.data(answer, given)
        return pipes.as_json(data) if "json" in names else pipes.as_xml(data)
    return list(command.ask.render(answer, given))
