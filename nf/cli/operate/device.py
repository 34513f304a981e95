"""The running device behind its control socket: the only file here that asks it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from nf.cli.operate.grammar import Answer, OperatorError
from nf.dataplane.control import ask


class Device:
    """One request a connection, so that a device that was started anew answers too."""

    def __init__(self, control: Path) -> None:
        self._control = control

    def answer(self, request: Mapping[str, Any], pages: str = "") -> Answer:
        """The whole answer: lists or numbers under `pages` are joined until the device has no more."""
        whole = self._ask(request)
        following = whole.get("next")
        while pages and following is not None:
            page = self._ask({**request, "after": following})
            whole[pages] = whole[pages] + page[pages]
            following = page.get("next")
        whole.pop("next", None)
        return whole

    def names(self) -> Mapping[str, Sequence[str]]:
        """Zones, policies and interfaces, for completion; none from a device that does not answer."""
        with suppress(OperatorError):
            return self._ask({"show": "names"})
        return {}

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = ask(self._control, request)
        except (OSError, ValueError) as error:
            words = getattr(error, "strerror", None) or str(error)
            where = self._control
            raise OperatorError(f"no device answers on {where}: {words}; start one with --control {where}") from None
        if "error" in answer:
            raise OperatorError(str(answer["error"]))
        return answer
