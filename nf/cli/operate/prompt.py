"""The prompt on a terminal: completion while typing, `?`, history, and output a screen at a time."""

import shutil
import sys
from getpass import getuser

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from nf.cli.operate.complete import Completion, complete, explained, space
from nf.cli.operate.device import Device
from nf.cli.operate.grammar import OperatorError
from nf.cli.operate.more import page, pressed_key
from nf.cli.operate.parse import CommandError, Possible
from nf.cli.operate.run import LEAVING, completions, explain, run


def converse(device: Device) -> None:
    """Commands until Ctrl-D, `exit` or `quit`; Ctrl-C gives up the line, or the output. OperatorError: no device."""
    prompt = f"{getuser()}@{device.host_name()}> "
    session: PromptSession[str] = PromptSession(key_bindings=_Keys(device, prompt).bindings())
    while True:
        try:
            line = session.prompt(prompt).strip()
            if line in LEAVING:
                return
            if line:
                _obey(line, device, len(prompt))
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def _obey(line: str, device: Device, indent: int) -> None:
    try:
        output = run(line, device)
    except CommandError as error:
        print(explain(error, indent))
    except OperatorError as error:
        print(f"error: {error}")
    else:
        height = shutil.get_terminal_size().lines if output.more and sys.stdout.isatty() else len(output.lines) + 2
        page(output.lines, height, lambda text: print(text, end="", flush=True), pressed_key)
        print()


class _Keys:
    """TAB, space and `?`; elsewhere than at the end of a line, and in quotes, the latter two are themselves."""

    def __init__(self, device: Device, prompt: str) -> None:
        self._device, self._prompt = device, prompt

    def bindings(self) -> KeyBindings:
        """As prompt_toolkit takes them."""
        keys = KeyBindings()

        @Condition
        def at_end() -> bool:
            from prompt_toolkit.application import get_app

            return get_app().current_buffer.document.is_cursor_at_the_end

        keys.add("tab", filter=at_end)(lambda event: self._show(event, complete(*self._typed(event))))
        keys.add(" ", filter=at_end)(lambda event: self._show(event, space(*self._typed(event))))
        keys.add("?", filter=at_end)(self._ask)
        return keys

    def _typed(self, event: KeyPressEvent) -> tuple[str, dict[str, list[str]]]:
        return event.current_buffer.text, {kind: list(names) for kind, names in self._device.names().items()}

    def _ask(self, event: KeyPressEvent) -> None:
        line, names = self._typed(event)
        if line.count('"') % 2:
            event.current_buffer.insert_text("?")
        else:
            self._show(event, explained(line, names))

    def _show(self, event: KeyPressEvent, found: Completion) -> None:
        event.current_buffer.insert_text(found.added)
        if found.shown or found.error is not None:
            text = self._text(found.shown, found.error)
            line = f"{self._prompt}{event.current_buffer.text}"
            run_in_terminal(lambda: print(f"{line}\n{text}"))

    def _text(self, shown: tuple[Possible, ...], error: CommandError | None) -> str:
        return completions(shown) if error is None else explain(error, len(self._prompt))
