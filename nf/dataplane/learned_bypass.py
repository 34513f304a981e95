"""Learned bypass over all workers: the central point counts what sessions have taught, tells every worker, and logs it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from hwmodel.session import FiveTuple
from nf.dataplane.ledger import Ledger, Row
from nf.dataplane.messages import Known, Opened, Taught, Teach
from nf.log.records import LogRecord, SessionFacts, SslProxyMessage, ends_of, ssl_proxy
from nf.policy.profile import LearnedBypass, SslProxyProfile
from nf.sslproxy.learned import ANYONE, Lesson, Lessons, Refusals, Subject
from nf.sslproxy.reasons import Reason

_BY_CODE = {reason.value: reason for reason in Reason}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing learned, as an operator sees it."""

    client: str
    server: str
    port: int
    server_name: str | None
    profile: str
    cause: str
    count: int
    expires_in: float  # seconds
    active: bool = True


class LearnedBypasses:
    """What is known device-wide; `tell` gives an order to every worker, `log` writes records."""

    def __init__(self, lessons: Lessons, profiles: Mapping[str, SslProxyProfile], tell: Callable[[Teach], None],
                 log: Callable[[list[LogRecord]], None]) -> None:
        self._lessons = lessons
        self._refusals = Refusals()
        self.profiles = profiles
        self._tell, self._log = tell, log

    @property
    def learns(self) -> bool:
        """Whether any session may teach a bypass, which its client's next session is to have."""
        profiles = self.profiles.values()
        return any(one.learned_bypass is not None or one.client_certificate_bypass for one in profiles)

    def taught(self, taught: Taught, ledger: Ledger, now: float) -> None:
        """A session that could not be decrypted; learned is what is certain, or has happened often enough."""
        row, profile = ledger.rows.get(taught.session_id), self.profiles.get(taught.profile)
        if row is None or profile is None:
            return
        lesson = self._lesson(taught, subject(row.session.c2s.five_tuple, taught.profile, taught.server_name), profile, now)
        if lesson is None:
            return
        self._lessons.add(lesson)
        self._tell(Teach(_known(lesson, now)))
        if profile.logs(SslProxyMessage.WARNING.log_class):
            self._log([ssl_proxy(SslProxyMessage.WARNING, _facts(row), profile.name, _message(lesson, now))])

    def _lesson(self, taught: Taught, about: Subject, profile: SslProxyProfile, now: float) -> Lesson | None:
        if taught.reason == Reason.CLIENT_CERTIFICATE.value:
            rules = profile.learned_bypass or LearnedBypass()
            return Lesson(about.of_anyone, Reason.CLIENT_CERTIFICATE, 1, now + rules.ttl)
        return None if profile.learned_bypass is None else self._refusals.refused(about, profile.learned_bypass, now)

    def entries(self, now: float) -> Iterator[Entry]:
        """All that is known."""
        for lesson in self._lessons.entries(now):
            about = lesson.subject
            yield Entry(about.client, about.server, about.port, about.server_name, about.profile, lesson.reason.value,
                        lesson.count, lesson.until - now)

    def clear(self) -> int:
        """Forget all, here and in every worker; returns how much it was."""
        self._tell(Teach(None))
        return self._lessons.clear()


def subject(flow: FiveTuple, profile: str, server_name: str | None) -> Subject:
    """Whom a session's lesson concerns."""
    return Subject(profile, str(flow.src), str(flow.dst), flow.dport, server_name)


def remember(lessons: Lessons, order: Teach, now: float) -> None:
    """A worker does as it is told."""
    known = order.known
    if known is None:
        lessons.clear()
        return
    about = Subject(known.profile, known.client, known.server, known.port, known.server_name)
    lessons.add(Lesson(about, _BY_CODE[known.reason], known.count, now + known.seconds))


def _known(lesson: Lesson, now: float) -> Known:
    about = lesson.subject
    return Known(about.profile, about.client, about.server, about.port, about.server_name, lesson.reason.value,
                 lesson.count, lesson.until - now)


def _message(lesson: Lesson, now: float) -> str:
    about = lesson.subject
    name = f"{about.server}/{about.port}" + (f" ({about.server_name})" if about.server_name else "")
    why = (f"server {name} requires a client certificate" if about.client == ANYONE
           else f"client {about.client} has refused the certificate for {name} {lesson.count} times")
    return f"system: learned bypass: {why}; its sessions are not decrypted for {lesson.until - now:.0f} seconds"


def _facts(row: Row) -> SessionFacts:
    found = row.opened or Opened(row.session.id, "", "", "", "")
    flow = row.session.c2s.five_tuple
    return SessionFacts(row.session.id, flow, ends_of(flow), found.policy, found.source_zone, found.destination_zone,
                        found.source_interface, found.destination_interface, found.service, found.logical_system)
