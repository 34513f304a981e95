"""Antivirus: every file goes to clamd on its way, and its end waits for the verdict."""

from collections.abc import Mapping
from itertools import count
from typing import Final

from hwmodel.session import Direction
from nf.log.records import SessionFacts
from nf.log.utm_records import file_not_scanned, virus_detected
from nf.policy.url_patterns import covers
from nf.policy.utm import AntiVirus
from nf.protocols.items import Anomaly, Command, Item, Reply
from nf.protocols.transfers import Begun, Data, Ended, Event, File
from nf.services import Block, Fault
from nf.services.asking import Answer, Ask
from nf.services.utm.feature import EVERYTHING, Feature, Rulings, profile_key
from nf.services.utm.pages import page
from nf.services.utm.scan import Outcome, Scan
from nf.services.utm.statistics import Statistics

_REASONS: Final = {  # what the log says, and its error code; published are those of content-size and engine-not-ready
    "content-size": ("exceeding maximum content size", 7), "engine-not-ready": ("scan engine is not ready", 14),
    "timeout": ("scan engine has timed out", 0), "out-of-resources": ("out of resources", 0),
    "too-many-requests": ("too many requests", 0), "decompress-err": ("decompression error", 0),
    "server-connection-err": ("no connection to the scan engine", 0), "default": ("file cannot be scanned", 0)}
_STATES: Final = {"": "answers", "engine-not-ready": "not ready", "server-connection-err": "cannot be reached",
                  "timeout": "does not answer in time", "too-many-requests": "busy"}
_UNREADABLE: Final = frozenset({"bomb", "coding", "malformed"})
_FAULTS: Final = {Fault.TOO_MUCH: "out-of-resources", Fault.TIMEOUT: "timeout", Fault.NOT_READY: "engine-not-ready"}
_SLACK: Final = 128 << 10  # bytes of other messages that may be held back with a file


class VirusScanner(Feature):
    """The profiles of one policy on one session; one exchange with clamd for each file."""

    bodies = True

    def __init__(self, profiles: Mapping[str, AntiVirus], facts: SessionFacts, statistics: Statistics) -> None:
        self._profiles, self._facts, self._statistics = profiles, facts, statistics
        self._scans: dict[int, Scan] = {}
        self._numbers = count(1)
        self._protocol = "HTTP"  # unless it turns out to be another
        self.most_held = max((_SLACK + (profile.size_limit << 10) for profile in profiles.values()
                              if profile.forwarding == "hold"), default=0)

    @property
    def held(self) -> Mapping[Direction, int]:
        """From the head of a held file, or the last piece of one that passes."""
        held: dict[Direction, int] = {}
        for scan in self._scans.values():
            if scan.upto is not None:
                held[scan.file.direction] = min(scan.upto, held.get(scan.file.direction, EVERYTHING))
        return held

    @property
    def due(self) -> float | None:
        """The first of all."""
        return min((scan.due for scan in self._scans.values() if scan.due is not None), default=None)

    def follows(self, direction: Direction) -> bool:
        """Files that are being scanned."""
        return any(scan.file.direction is direction for scan in self._scans.values())

    def item(self, item: Item, said: Rulings) -> None:
        """Content that cannot be unpacked."""
        if isinstance(item, Command | Reply):
            self._protocol = item.protocol
        elif isinstance(item, Anomaly) and item.kind in _UNREADABLE:
            for scan in list(self._scans.values()):
                if (scan.file.direction, scan.file.exchange) == (item.direction, item.exchange):
                    self._settle(scan, Outcome(fault="decompress-err"), said)

    def file(self, event: Event, said: Rulings) -> None:
        """A file begins, goes on, ends."""
        scan = self._scans.get(event.file.key)
        if isinstance(event, Begun):
            self._begin(event.file, event.start, said)
        elif scan is not None and isinstance(event, Data):
            self._go_on(scan, scan.data(event, said.now), said)
        elif scan is not None and isinstance(event, Ended):
            if scan.begun:
                self._go_on(scan, scan.end(), said)
            else:
                del self._scans[event.file.key]

    def answer(self, answer: Answer, said: Rulings) -> None:
        """Clamd has answered."""
        scan = next((scan for scan in self._scans.values() if scan.is_answered_by(answer)), None)
        if scan is not None:
            self._go_on(scan, scan.answer(answer), said)

    def wake(self, said: Rulings) -> None:
        """Drops trickle; some have waited too long."""
        for scan in list(self._scans.values()):
            outcome = scan.wake(said.now)
            if outcome is not None and said.block is None:
                self._settle(scan, outcome, said)

    def blind(self, why: str, said: Rulings) -> None:  # noqa: ARG002
        """Files that cannot be read cannot be scanned."""
        self.done = True
        profile = self._profiles.get(self._protocol.lower())
        if profile is not None:
            self._fall_back(profile, File(0, Direction.S2C, 0, self._protocol, upload=False), "default", said)

    def fall_back(self, fault: Fault, said: Rulings) -> None:
        """What is not decided will not be; after a bug nothing will."""
        if fault is Fault.CRASH:
            self.blind(fault.value, said)
            return
        for scan in list(self._scans.values()):
            if said.block is None:
                self._settle(scan, Outcome(fault=_FAULTS.get(fault, "default")), said)

    def _begin(self, file: File, start: int, said: Rulings) -> None:
        profile = self._profiles.get(profile_key(file.protocol, file.upload))
        if profile is None or profile.passed.covers(file.mime) or _is_trusted(profile, file):
            return
        if file.size is not None and file.size > profile.size_limit << 10:
            self._fall_back(profile, file, "content-size", said)
            return
        self._scans[file.key] = Scan(next(self._numbers), file, start, profile, said.now)

    def _go_on(self, scan: Scan, step: Ask | Outcome | None, said: Rulings) -> None:
        scan.touch(said.now)
        if isinstance(step, Ask):
            said.asks += (step,)
        elif step is not None:
            self._settle(scan, step, said)

    def _settle(self, scan: Scan, outcome: Outcome, said: Rulings) -> None:
        """The scan is over, whatever came of it."""
        del self._scans[scan.file.key]
        if scan.begun:
            said.asks += (scan.over(),)
            if outcome.fault in _STATES:
                self._statistics.engines[scan.engine] = _STATES[outcome.fault]
        if outcome.fault:
            self._fall_back(scan.profile, scan.file, outcome.fault, said)
            return
        self._statistics.count("anti-virus", "Threat-found" if outcome.virus else "Clean")
        if outcome.virus:
            self._block(scan, outcome.virus, said)

    def _block(self, scan: Scan, virus: str, said: Rulings) -> None:
        file = scan.file
        said.records += (virus_detected(self._facts, upload=file.from_initiator, file=_called(file), virus=virus,
                                        url=file.url),)
        said.block = Block(f"antivirus: {virus}", page(
            file.message, scan.profile.virus_notice, "Virus found", "A file with a virus does not pass.",
            [("File", _called(file)), ("Virus", virus)]))

    def _fall_back(self, profile: AntiVirus, file: File, fault: str, said: Rulings) -> None:
        action = profile.falls_back(fault)
        reason, code = _REASONS[fault]
        self._statistics.count("anti-virus", f"{fault} {action}")
        if action != "permit":
            said.records += (file_not_scanned(
                self._facts, profile.name, upload=file.from_initiator, file=_called(file), dropped=action == "block",
                reason=reason, code=code),)
        if action == "block":
            said.block = Block(f"antivirus: {reason}", page(
                file.message, profile.fallback_notice, "File not scanned",
                f"A file could not be scanned for viruses: {reason}.", [("File", _called(file))]))


def _called(file: File) -> str:
    return file.url or file.name or "N/A"


def _is_trusted(profile: AntiVirus, file: File) -> bool:
    listed = profile.url_whitelist
    return listed is not None and covers(listed.patterns, file.host, file.url.removeprefix(file.host))
