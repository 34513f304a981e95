"""Intrusion detection and prevention (Junos: `security idp`).

Attacks come from the configuration, from rule files in the language of Snort and Suricata, and from `attacks.rules` beside
this file. In `prepare` all of them become one Program: for each context one hyperscan database, made before the workers
fork. A session's Scanner fills the contexts from what the protocol's reader finds and from the stream itself; Progress
puts members of attacks together; the rules of the policy then say what becomes of the session.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from nf.policy.attacks import Attack
from nf.policy.idp import Idp, IdpPolicy, IdpRule, PacketStorage
from nf.policy.systems import Systems
from nf.services import Attachment, Bulletin, ServiceError
from nf.services.idp.predefined import predefined
from nf.services.idp.program import Program
from nf.services.idp.rule_file import RuleFile, read
from nf.services.idp.selection import Selections
from nf.services.idp.session import IP_ACTION, NAME, RATE, IdpSession, Shared


class Detection:
    """The service of one generation: what its configuration asks for."""

    asked_by: ClassVar = ("idp", "idp-policy")

    def __init__(self, systems: Systems, clock: Callable[[], float] = time.time) -> None:
        facts = {system.name: system.services[NAME] for system in systems.all if NAME in system.services}
        files = _rule_files(facts)
        named = {(system, policy.name): _named(idp, policy, files) for system, idp in facts.items()
                 for policy in idp.policies.values()}
        program = Program(tuple(dict.fromkeys(attack for known in named.values() for attack in known.values())))
        self._stamps = {path: _stamp(path) for path in files}
        depth = max((idp.depth for idp in facts.values()), default=0) << 10
        self._shared = Shared(program, depth, clock)
        self._now = 0.0
        self._facts: Mapping[str, Idp] = facts
        self._selections = {}
        for (system, name), known in named.items():
            policy = facts[system].policies[name]
            self._selections[system, name] = Selections(program, policy, _rules(policy, files), known)
        _ = program.matchers  # compiled now, for every worker

    @classmethod
    def prepare(cls, systems: Systems) -> "Detection":
        """The service for this configuration."""
        for idp in (system.services[NAME] for system in systems.all if NAME in system.services):
            _check(idp.storage)
        return cls(systems)

    def attach(self, attachment: Attachment) -> IdpSession | None:
        """Active where the policy says `idp-policy`, or `idp` while there is a policy for that."""
        idp = self._facts.get(attachment.system.name)
        if idp is None:
            return None
        name = attachment.asked("idp-policy") or (idp.default if attachment.asked("idp") is not None else None)
        selections = self._selections.get((attachment.system.name, name or ""))
        if selections is None:
            return None
        self._shared.counters.count("sessions")
        return IdpSession(self._shared, attachment.facts, selections.of(attachment.facts), attachment.now, idp.storage)

    def hear(self, bulletin: Bulletin, now: float) -> None:
        """An ip-action of some worker, or an attack that another one has counted."""
        self._now = now
        if bulletin.key.startswith(IP_ACTION):
            self._shared.ip_actions.note(bulletin.key.removeprefix(IP_ACTION), bulletin.value, bulletin.seconds, now)
        elif bulletin.key.startswith(RATE) and bulletin.value != str(os.getpid()):
            self._shared.rates.note(bulletin.key.removeprefix(RATE), bulletin.seconds, now)

    def refresh(self, now: float) -> None:
        """The time goes on, for what ends by itself."""
        self._now = now

    def stale(self) -> bool:
        """Whether rule files have changed: a reload then makes the service anew."""
        return any(_stamp(path) != stamp for path, stamp in self._stamps.items())

    def report(self, word: str, _about: Mapping[str, object]) -> dict[str, object]:
        """What operators ask for: status, counters, attacks, policies; `clear counters` and `clear attacks` forget."""
        counters = self._shared.counters
        match word:
            case "attacks":
                return {"attacks": dict(counters.attacks)}
            case "policies":
                return {"policies": [[system, name, made.rules] for (system, name), made in self._selections.items()]}
            case "status":
                return self._status()
            case "clear attacks":
                counters.attacks.clear()
            case "clear counters":
                counters.others.clear()
        return {"counters": dict(counters.others)}

    def _status(self) -> dict[str, object]:
        """Numbers of this worker; what is the same in all is text, which is not added up."""
        shared = self._shared
        return {"policies": str(len(self._selections) or ""), "attacks": str(len(shared.program.attacks)),
                "sessions": shared.counters.others["sessions"], "found": shared.counters.attacks.total(),
                "ip-actions": str(shared.ip_actions.count(self._now))}

    @staticmethod
    def notes(systems: Systems) -> Iterator[str]:
        """Rules that are left out of rule files, and variables that stand for anything."""
        facts = {system.name: system.services[NAME] for system in systems.all if NAME in system.services}
        for path, file in _rule_files(facts).items():
            yield from file.refused
            if file.variables:
                names = ", ".join(f"${name}" for name in sorted(file.variables))
                yield f"{path}: {names}: variables stand for any address or port here"


def _stamp(path: str) -> tuple[int, int] | None:
    """What changes with a file."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _rule_files(facts: Mapping[str, Idp]) -> dict[str, RuleFile]:
    paths = {path for idp in facts.values() for policy in idp.policies.values() for path in policy.rule_files}
    found = {}
    for path in sorted(paths):
        try:
            found[path] = read(path)
        except OSError as error:
            raise ServiceError(f"rule file {path}: {error.strerror}") from error
    return found


def _check(storage: PacketStorage | None) -> None:
    if storage is not None and not (Path(storage.directory).is_dir() and os.access(storage.directory, os.W_OK)):
        raise ServiceError(f"packet-log local-storage {storage.directory}: expected a directory that can be written to")


def _named(idp: Idp, policy: IdpPolicy, files: Mapping[str, RuleFile]) -> dict[str, Attack]:
    """The attacks that a policy looks for: systems and rule files may call different ones alike."""
    asked = frozenset(name for rule in policy.rules for name in rule.attacks)
    known = {**predefined(), **idp.attacks}
    found = {name: attack for name, attack in known.items() if name in asked}
    for path in policy.rule_files:
        found |= files[path].attacks
    return found


def _rules(policy: IdpPolicy, files: Mapping[str, RuleFile]) -> tuple[IdpRule, ...]:
    """The rules that a policy's files bring along."""
    return tuple(rule for path in policy.rule_files for rule in files[path].rules)


SERVICE = Detection(Systems())  # asked for nothing, so active nowhere
