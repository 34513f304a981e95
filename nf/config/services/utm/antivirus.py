"""`feature-profile anti-virus` and its defaults to antivirus profiles."""

from collections.abc import Iterator
from typing import cast

from nf.config.errors import Findings
from nf.config.services.utm.layers import Layers
from nf.config.services.utm.objects import Objects, notice
from nf.config.tree import Statement
from nf.policy.utm import AV_FAULTS, CLAMD, AntiVirus, Endpoint, Fallback, Forwarding

_ENGINES = ("sophos-engine", "avira-engine")
_OFF = "anti-virus-none"


class AntiVirusProfiles:
    """Makes every profile, with what the engine's defaults and the feature's add."""

    def __init__(self, utm: Statement, objects: Objects, findings: Findings) -> None:
        self._objects, self._findings = objects, findings
        self._features = Layers.of(utm.one("feature-profile", "anti-virus"),
                                   utm.one("default-configuration", "anti-virus"))

    def all(self) -> dict[str, AntiVirus | None]:
        """The profiles by name; None where antivirus is off."""
        kind = self._features.one("type")
        if kind is not None and kind.text == _OFF:
            self._findings.remark(kind, f"anti-virus type {_OFF}", "profiles of antivirus have no effect")
            return dict.fromkeys(entry.name for entry, _ in self._entries())
        if kind is not None:
            self._findings.remark(kind, f"anti-virus type {kind.text}", "clamd is asked, whatever engine is named")
        return {entry.name: self._profile(entry, engine) for entry, engine in self._entries()}

    def _entries(self) -> Iterator[tuple[Statement, str]]:
        chosen = self._features.value("type") or _ENGINES[0]
        for entry in self._features.all("profile"):
            yield entry, chosen
        for engine in _ENGINES:
            for entry in self._features.below(engine).all("profile"):
                yield entry, engine

    def _profile(self, entry: Statement, engine: str) -> AntiVirus:
        place = Layers.of(entry, *self._features.below(engine).places, *self._features.places)
        fallback, scan = place.below("fallback-options"), place.below("scan-options")
        standard = AntiVirus(entry.name)
        trickling = place.one("trickling", "timeout")
        if trickling is not None and not place.has("forwarding-mode", "hold"):
            self._findings.remark(trickling, "trickling", "no effect: only 'forwarding-mode hold' keeps whole files back")
        return AntiVirus(
            entry.name,
            clamd=_endpoint(place.setting("clamd")) or CLAMD,
            fallback={fault: cast("Fallback", action) for fault in AV_FAULTS if (action := fallback.value(fault))},
            size_limit=self._size(scan.one("content-size-limit")) or standard.size_limit,
            timeout=scan.number("timeout") or standard.timeout,
            trickling=place.number("trickling", "timeout") or standard.trickling,
            forwarding=self._forwarding(place),
            passed=self._objects.mimes(place.one("mime-whitelist")),
            url_whitelist=self._objects.category(place.one("url-whitelist")),
            virus_notice=notice(place.below("notification-options", "virus-detection")),
            fallback_notice=notice(place.below("notification-options", "fallback-block")))

    def _size(self, limit: Statement | None) -> int | None:
        if limit is None:
            return None
        if not (limit.text.isascii() and limit.text.isdecimal() and 1 <= len(limit.text) <= 7):
            self._findings.wrong(limit, limit.text, "a number of kilobytes is expected (1..9999999)")
            return None
        return int(limit.text)

    def _forwarding(self, place: Layers) -> Forwarding:
        mode = place.below("forwarding-mode")
        return "hold" if mode.has("hold") else "inline-tap" if mode.has("inline-tap") else "continuous"


def _endpoint(text: str | None) -> Endpoint | None:
    if text is None:
        return None
    kind, _, where = text.partition(":")
    if kind == "unix":
        return Endpoint("unix", where)
    host, _, port = where.rpartition(":")
    return Endpoint("tcp", host.strip("[]"), int(port))
