"""Renegotiation as `actions renegotiation` says, session by session."""

import pytest

from hwmodel.session import Direction
from nf.log.records import SslProxyMessage
from nf.sslproxy import events as on
from nf.sslproxy import renegotiation
from nf.sslproxy.reasons import Reason
from nf.sslproxy.states import State
from nf.tls.client_hello import ClientHello, parse
from tests.sslproxy.playbook import CHAIN, HELLO13, Playbook, dropped, logged
from tests.tls.hello_bytes import extension, hello, record

C2S, S2C = Direction.C2S, Direction.S2C
SECURE = "ssl: renegotiation context (1): secure renegotiation "
CHANGED = "ssl: renegotiation context (3): certificate chain in renegotiation context different from original"


def test_clients_say_in_either_way_that_they_do_it_securely() -> None:
    assert not renegotiation.is_secure(read(HELLO13))
    assert renegotiation.is_secure(read(record(hello(extension(0xFF01, b"\0")))))
    assert renegotiation.is_secure(read(record(hello(ciphers=bytes.fromhex("0004c02f00ff")))))


def read(data: bytes) -> ClientHello:
    found = parse(data)
    assert isinstance(found, ClientHello)
    return found


@pytest.mark.parametrize(("permitted", "secure", "expected"), [
    ("drop", True, Reason.RENEGOTIATION), ("drop", False, Reason.RENEGOTIATION), ("allow-secure", True, None),
    ("allow-secure", False, Reason.INSECURE_RENEGOTIATION), ("allow", True, None), ("allow", False, None)])
def test_what_is_permitted(permitted: str, secure: bool, expected: Reason | None) -> None:
    assert renegotiation.refusal(permitted, 1, secure=secure) is expected
    assert renegotiation.refusal(permitted, renegotiation.MOST + 1, secure=secure) is (expected or Reason.STORM)


def test_a_server_may_renegotiate_under_the_same_chain_only() -> None:
    play = Playbook().until_inspecting()
    play.tell(on.Renegotiating(S2C), logged(SslProxyMessage.INFO, SECURE + "started"))
    play.tell(on.Renegotiated(S2C, CHAIN), logged(SslProxyMessage.INFO, SECURE + "completed"))
    play.at(State.INSPECTING)
    play.machine.receive(on.Renegotiating(S2C))
    play.tell(on.Renegotiated(S2C, (b"other",)), *dropped(Reason.CHAIN_CHANGED, CHANGED))


def test_an_insecure_client_is_not_permitted_by_default() -> None:
    play = Playbook().until_inspecting()
    message = "policy violation: insecure renegotiation not permitted"
    play.tell(on.Renegotiating(C2S), *dropped(Reason.INSECURE_RENEGOTIATION, message))


def test_more_than_anybody_needs_end_the_session() -> None:
    play = Playbook(services=())
    play.until_relaying()
    for _ in range(renegotiation.MOST):
        play.machine.receive(on.Renegotiating(S2C))
    play.at(State.RELAYING)
    play.tell(on.Renegotiating(S2C), *dropped(Reason.STORM, "policy violation: too many TLS messages without data"))
    assert play.machine.renegotiations == renegotiation.MOST + 1
