"""Handshakes within a connection of TLS 1.2, as they are permitted and told."""

import pytest
from OpenSSL import SSL

from nf.tls.handshake_watch import Stage, watch
from tests.tls.ends import OpenSslEnd, accepting, connecting, origin_context, shake

BOTH = [Stage.BEGUN, Stage.DONE]


def connection() -> tuple[OpenSslEnd, OpenSslEnd]:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    ends = connecting(context), accepting(origin_context())
    shake(*ends)
    return ends


@pytest.mark.parametrize("permitted", ["allow-secure", "allow"])
def test_a_client_may_begin_one_where_that_is_permitted(permitted: str) -> None:
    client, server = connection()
    stages: list[Stage] = []
    watch(server.tls, permitted, stages)
    assert stages == []
    client.tls.renegotiate()
    client.done = False
    shake(client, server)
    assert stages == BOTH
    assert client.tls.total_renegotiations() == 1


def test_one_that_is_not_permitted_is_refused_and_told_all_the_same() -> None:
    client, server = connection()
    stages: list[Stage] = []
    watch(server.tls, "drop", stages)
    client.tls.renegotiate()
    client.done = False
    with pytest.raises(SSL.Error, match="no renegotiation"):
        shake(client, server)
    assert stages[0] is Stage.BEGUN


def test_data_and_the_end_are_none() -> None:
    client, server = connection()
    stages: list[Stage] = []
    watch(server.tls, "allow-secure", stages)
    client.tls.send(b"hello")
    server.turn(client.waiting())
    client.tls.shutdown()
    with pytest.raises(SSL.ZeroReturnError):
        server.turn(client.waiting())
    assert server.read == b"hello"
    assert stages == []
