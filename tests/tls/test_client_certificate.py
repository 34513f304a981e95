"""Whether a server has asked for a client certificate, told from real handshakes."""

import pytest
from OpenSSL import SSL

from nf.tls.client_certificate import asking, is_asked, note_requests
from tests.tls.ends import accepting, connecting, origin_context, shake

ASKS, REQUIRES = SSL.VERIFY_PEER, SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT
VERSIONS = [SSL.TLS1_2_VERSION, SSL.TLS1_3_VERSION]


@pytest.fixture(autouse=True)
def nobody_has_asked() -> None:
    asking.clear()


def client_context(version: int) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(version)
    return context


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", [SSL.VERIFY_NONE, ASKS])
def test_a_server_that_does_without(version: int, mode: int) -> None:
    context, origin = client_context(version), origin_context()
    note_requests(context)
    origin.set_verify(mode, lambda *_: True)
    client, server = connecting(context), accepting(origin)
    shake(client, server)
    assert client.done
    assert is_asked(client.tls) is (mode is ASKS)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_server_that_does_not(version: int) -> None:
    context, origin = client_context(version), origin_context()
    note_requests(context)
    origin.set_verify(REQUIRES, lambda *_: True)
    client, server = connecting(context), accepting(origin)
    with pytest.raises(SSL.Error):
        shake(client, server)
    with pytest.raises(SSL.Error):
        client.turn(server.waiting())
    assert is_asked(client.tls)


def test_a_context_that_notes_nothing_says_no() -> None:
    origin = origin_context()
    origin.set_verify(ASKS, lambda *_: True)
    client, server = connecting(client_context(SSL.TLS1_3_VERSION)), accepting(origin)
    shake(client, server)
    assert not is_asked(client.tls)
