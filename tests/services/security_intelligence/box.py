"""A worker's security intelligence under a configuration whose policy is called `si`, with feeds in files."""

from dataclasses import replace
from pathlib import Path

from nf.config import load
from nf.log.records import SessionFacts
from nf.policy.policies import ApplicationServices
from nf.policy.systems import LogicalSystem, Systems
from nf.services import Attachment, Engaged, Service, attach_all
from nf.services.security_intelligence import SecIntel
from tests.services.attachments import FACTS, POLICY, TRUST, UNTRUST
from tests.services.utm.sessions import Session

SI = "set services security-intelligence "
BLOCKING = f"{SI}profile p category CC\n{SI}profile p rule r match threat-level [ 8 9 10 ]\n{SI}profile p rule r then log\n"
DROP = f"{BLOCKING}{SI}profile p rule r then action block drop\n"
CLOSE = f"{BLOCKING}{SI}profile p rule r then action block close "
POLICY_LINES = f"{SI}policy si CC p\n"


class Box:
    """Feeds are files by name, of the category before the underscore: CC_hosts."""

    def __init__(self, directory: Path, lines: str = DROP, **feeds: str) -> None:
        self.directory = directory
        for name, text in feeds.items():
            self.write(name, text)
        named: dict[str, list[str]] = {}
        for name in feeds:
            category = name.partition("_")[0].replace("Infected", "Infected-Hosts")
            named.setdefault(category, []).append(f"{name}={directory / name}")
        words = "".join(f'{SI}category {category} apply-macro srxnf feeds "{" ".join(sources)}"\n'
                        for category, sources in named.items())
        configuration = load(words + lines + POLICY_LINES, "t")
        self._system = replace(LogicalSystem(), services=configuration.services)
        self.service = SecIntel.prepare(Systems((self._system,)))
        self._engaged = Engaged("security_intelligence", self.service)

    def write(self, name: str, text: str) -> None:
        draft = self.directory / f".{name}"
        draft.write_text(text, encoding="utf-8")
        draft.replace(self.directory / name)

    def attach(self, name: str = "si", facts: SessionFacts = FACTS) -> Service | None:
        policy = replace(POLICY, services=ApplicationServices(others=(("security-intelligence-policy", name),) if name else ()))
        return next(iter(attach_all((self._engaged,), Attachment(policy, TRUST, UNTRUST, self._system, facts))), None)

    def session(self, facts: SessionFacts = FACTS, *, encrypted: bool = True) -> Session:
        service = self.attach(facts=facts)
        assert service is not None
        return Session(service, encrypted=encrypted)
