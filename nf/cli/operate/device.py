"""The running device behind its control socket, and its PKI directory: the only file here that reaches either."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from nf.cli.operate.grammar import Answer, OperatorError
from nf.cli.operate.pki_directory import carry_out, names
from nf.dataplane.control import ask
from nf.pki import PkiError


class Device:
    """One request a connection, so that a device that was started anew answers too.

    Requests with the key `pki` are carried out here, on the PKI directory that is given, else on the device's.
    """

    def __init__(self, control: Path, pki: Path | None = None) -> None:
        self._control, self._pki = control, pki

    def answer(self, request: Mapping[str, Any], pages: str = "") -> Answer:
        """The whole answer: lists or numbers under `pages` are joined until the device has no more."""
        if "pki" in request:
            return carry_out(self._pki_directory(), request)
        whole = self._ask(request)
        following = whole.get("next")
        while pages and following is not None:
            page = self._ask({**request, "after": following})
            whole[pages] = whole[pages] + page[pages]
            following = page.get("next")
        whole.pop("next", None)
        return whole

    def names(self) -> Mapping[str, Sequence[str]]:
        """Zones, policies and the like, for completion; none from a device that does not answer."""
        found: dict[str, Sequence[str]] = {}
        with suppress(OperatorError):
            found |= self._ask({"show": "names"})
        with suppress(OperatorError, PkiError):
            found |= names(self._pki_directory())
        return found

    def host_name(self) -> str:
        """What the prompt calls it; a PKI directory without a device is called by its own name."""
        try:
            return str(self._ask({"show": "version"})["host-name"])
        except OperatorError:
            if self._pki is None:
                raise
            return self._pki.resolve().name

    def _pki_directory(self) -> Path:
        return Path(self._ask({"show": "pki"})["directory"]) if self._pki is None else self._pki

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
