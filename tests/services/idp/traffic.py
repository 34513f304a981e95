"""Sessions for intrusion detection to look at: plaintext in pieces, read by the protocols' readers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from msgspec import structs

from hwmodel.session import Direction
from nf.log.records import LogRecord
from nf.policy.attacks import Attack, IdpAction
from nf.policy.idp import Idp, IdpPolicy, IdpRule, RuleMatch
from nf.policy.policies import ApplicationServices
from nf.policy.systems import LogicalSystem, Systems
from nf.protocols.conversation import Conversation
from nf.services import Attachment, Opinion, Piece, Verdict
from nf.services.idp import Detection
from nf.services.idp.rule_file import rule_file
from nf.services.idp.session import IdpSession
from tests.services.attachments import FACTS, POLICY, TRUST, UNTRUST, field

Stream = Sequence[tuple[Direction, bytes]]
ASKING = replace(POLICY, services=ApplicationServices(others=(("idp-policy", "P"),)))


def system(idp: Idp) -> LogicalSystem:
    return LogicalSystem(services={"idp": idp})


def rule(attacks: Iterable[str], action: IdpAction = IdpAction.NONE, **more: object) -> IdpRule:
    return IdpRule("R1", RuleMatch(), frozenset(attacks), action, logs=True, **more)  # type: ignore[arg-type]


def configured(*rules: IdpRule, attacks: Iterable[Attack] = (), policy: IdpPolicy | None = None) -> Idp:
    policies = {"P": policy or IdpPolicy("P", tuple(rules))}
    return Idp(policies, "P", {attack.name: attack for attack in attacks})


def detection(idp: Idp) -> Detection:
    return Detection(Systems((system(idp),)), clock=lambda: 1_700_000_000.0)


def session(service: Detection, idp: Idp, now: float = 0.0, number: int = FACTS.session_id) -> IdpSession:
    facts = structs.replace(FACTS, session_id=number)
    attached = service.attach(Attachment(ASKING, TRUST, UNTRUST, system(idp), facts, now))
    assert attached is not None
    return attached


def show(attached: IdpSession, stream: Stream, now: float = 0.0) -> list[Opinion]:
    """The opinions on a session's plaintext, up to the one that ends it."""
    conversation, seen, said = Conversation(), dict.fromkeys(Direction, 0), []
    for direction, data in stream:
        piece = Piece(direction, data, seen[direction], True, now, conversation.read(direction, data))
        seen[direction] += len(data)
        said.append(attached.inspect(piece))
        if said[-1].verdict in {Verdict.BLOCK, Verdict.IGNORE}:
            break
    return said


def names(opinions: Iterable[Opinion]) -> list[str]:
    """The attacks in the log."""
    return [field(record, "attack-name") for record in records(opinions)]


def records(opinions: Iterable[Opinion]) -> list[LogRecord]:
    return [record for opinion in opinions for record in opinion.records]


def by_rules(text: str) -> tuple[Detection, Idp]:
    """A service that looks for what a rule file says."""
    file = rule_file(text, "test.rules")
    assert not file.refused, file.refused
    idp = configured(*file.rules, attacks=file.attacks.values())
    return detection(idp), idp


def found(text: str, stream: Stream) -> list[str]:
    service, idp = by_rules(text)
    return names(show(session(service, idp), stream))


def request(target: str = "/", method: str = "GET", body: bytes = b"", **headers: str) -> bytes:
    """An HTTP/1.1 request."""
    fields = {"host": "www.example.test", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if body:
        fields["content-length"] = str(len(body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body


def response(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """An HTTP/1.1 response."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body


def up(*data: bytes) -> list[tuple[Direction, bytes]]:
    return [(Direction.C2S, piece) for piece in data]


def down(*data: bytes) -> list[tuple[Direction, bytes]]:
    return [(Direction.S2C, piece) for piece in data]
