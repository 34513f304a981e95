"""Beginnings that are rare and lawful, or rare and wrong: none hangs, none leaves half a session behind."""

import contextlib
import socket
import ssl
import struct
from pathlib import Path

import pytest
from OpenSSL import SSL

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.helpers.origin import echo, ended
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until
from tests.tls.hello_bytes import codes, extension, hello, host_name, record, vector

OLD = "system: client offers no supported protocol version"


def answer_at_end(at: socket.socket) -> None:
    """Says nothing before the client has ended."""
    asked = b""
    while data := at.recv(4096):
        asked += data
    at.sendall(b"you said " + asked)


def test_a_fin_before_any_byte_reaches_the_server(network: Network) -> None:
    network.origin.serve(answer_at_end)
    with network.proxy.connect() as client:
        client.shutdown(socket.SHUT_WR)
        assert client.recv(99) == b"you said "
        assert ended(client) == "clean"
        network.proxy.record("RT_FLOW_SESSION_CLOSE", client)
    assert until(lambda: network.proxy.counters().get("unfinished: undetermined"), "its reason")


def test_a_fin_after_the_silence_reaches_the_server_too(network: Network) -> None:
    network.origin.serve(answer_at_end)
    accepted = network.origin.accepted
    with network.proxy.connect() as client:
        until(lambda: network.origin.accepted > accepted, "the server is connected after the silence")
        client.shutdown(socket.SHUT_WR)
        assert client.recv(99) == b"you said "


@pytest.mark.parametrize("tls", [True, False])
def test_a_request_with_its_fin_is_answered(network: Network, tls: bool) -> None:
    network.origin.serve(answer_at_end, network.pki.origin_context() if tls else None)
    connection = network.proxy.connect()
    client = network.handshake(connection) if tls else connection
    with client:
        client.sendall(b"all")
        if isinstance(client, ssl.SSLSocket):
            client.setblocking(False)
            with contextlib.suppress(ssl.SSLWantReadError):
                client.unwrap()
            client.settimeout(30)
        client.shutdown(socket.SHUT_WR) if not tls else socket.socket.shutdown(client, socket.SHUT_WR)
        assert client.recv(99) == b"you said all"


def sslv3() -> bytes:
    return record(hello(version=0x0300, tail=b""))


def wide(size: int) -> bytes:
    """A hello of TLS 1.2 of about so many bytes, in records of 16 KB at most."""
    message = hello(extension(0, vector(2, host_name(NAME.encode()))), extension(21, bytes(size)), version=0x0303)
    return record(*(message[at:at + 16000] for at in range(0, len(message), 16000)))


@pytest.mark.parametrize(("sent", "message"), [
    (sslv3(), OLD), (wide(17000), "openssl error: a ClientHello of 17"),
    (record(hello(extension(43, codes(1, [0x0301, 0x0302])))), OLD)])
def test_hellos_that_are_refused_before_the_server_hears_of_them(network: Network, sent: bytes, message: str) -> None:
    accepted = network.origin.accepted
    with network.proxy.connect() as client:
        client.sendall(sent)
        assert client.recv(2)[:1] == b"\x15"
        assert network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", client)["message"].startswith(message)
    assert network.origin.accepted == accepted


def padded(client: SSL.Connection, more: bytes) -> bytes:
    """A real client's hello with more extensions behind its own."""
    with contextlib.suppress(SSL.WantReadError):
        client.do_handshake()
    sent = client.bio_read(1 << 16)
    body = sent[9:]
    at = 34 + 1 + body[34]
    at += 2 + struct.unpack_from("!H", body, at)[0]
    at += 1 + body[at]
    extensions = body[at + 2:] + more
    message = body[:at] + vector(2, extensions)
    return record(b"\x01" + vector(3, message))


@pytest.mark.parametrize("more", [
    extension(0x0A0A, b""), extension(0xFE0D, b"\x00\x00\x01\x00\x01\x05\x00\x20" + bytes(32) + vector(2, bytes(100))),
    extension(0x1234, bytes(99)), extension(21, bytes(12000))], ids=["grease", "ech grease", "unknown", "padding"])
def test_unknown_extensions_are_passed_over(network: Network, more: bytes) -> None:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    client = SSL.Connection(context, None)
    client.set_tlsext_host_name(NAME.encode())
    client.set_connect_state()
    with network.proxy.connect() as connection:
        connection.sendall(padded(client, more))
        assert connection.recv(1) == b"\x16"  # a ServerHello; the transcript differs from this client's


def test_early_data_are_not_taken(network: Network) -> None:
    """What follows the hello at once is passed over; the server hears nothing of it."""
    client = SSL.Connection(SSL.Context(SSL.TLS_CLIENT_METHOD), None)
    client.set_tlsext_host_name(NAME.encode())
    client.set_connect_state()
    network.origin.serve(lambda at: network.origin.received.append(at.recv(99)), network.pki.origin_context())
    with network.proxy.connect() as connection:
        connection.sendall(padded(client, extension(42, b"")) + record(b"GET /early" * 9, kind=23))
        assert connection.recv(1) == b"\x16"
        with contextlib.suppress(OSError):  # it is over already
            connection.shutdown(socket.SHUT_WR)
        ended(connection)
    until(network.proxy.is_idle, "the session is over")
    assert set(network.origin.received) <= {b""}


@pytest.mark.parametrize("name", [None, b"127.0.0.1", b"WWW.Example.TEST", b"www.example.test."])
def test_odd_server_names_are_handled(network: Network, name: bytes | None) -> None:
    network.origin.serve(echo, network.pki.origin_context())
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    connection = network.proxy.connect()
    connection.settimeout(None)
    client = SSL.Connection(context, connection)
    if name is not None:
        client.set_tlsext_host_name(name)
    client.set_connect_state()
    client.do_handshake()
    client.send(b"hello")
    assert client.recv(9) == b"hello"
    client.shutdown()
    connection.close()


@pytest.mark.parametrize("name", [b"", b"a\0b.test", b"x" * 255, b"a.test" + b"\xff"])
def test_server_names_that_are_none_reach_no_other_server(network: Network, name: bytes) -> None:
    seen = []
    context = network.pki.origin_context()
    context.sni_callback = lambda _socket, server_name, _context: seen.append(server_name)
    network.origin.serve(echo, context)
    with network.proxy.connect() as client:
        client.sendall(record(hello(extension(0, vector(2, host_name(name))), extension(43, codes(1, [0x0303])),
                                    extension(10, codes(2, [23])), extension(13, codes(2, [0x0804])),
                                    ciphers=bytes.fromhex("0002c02f"))))
        assert client.recv(99)
    assert set(seen) <= {None}


def choosing(network: Network, chosen: bytes) -> None:
    """The origin answers every ALPN with this."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.use_certificate_chain_file(str(network.pki.directory / "good.pem"))
    context.use_privatekey_file(str(network.pki.directory / "good.pem"))
    context.set_alpn_select_callback(lambda _connection, _offered: chosen)

    def serve(at: socket.socket) -> None:
        at.settimeout(None)
        tls = SSL.Connection(context, at)
        tls.set_accept_state()
        with contextlib.suppress(SSL.Error):
            tls.do_handshake()
            tls.recv(1)

    network.origin.serve(serve)


@pytest.mark.parametrize("offered", ["h2", "http/1.1", "x-made-up"])
def test_both_legs_speak_the_same_protocol_whatever_it_is(network: Network, offered: str) -> None:
    choosing(network, offered.encode())
    with network.client(network.pki.client_context(offered)) as client:
        assert client.selected_alpn_protocol() == offered


def test_a_server_that_picks_what_nobody_offered_is_refused(network: Network) -> None:
    choosing(network, b"h2")
    connection = network.proxy.connect()
    name = connection.getsockname()
    with pytest.raises(ssl.SSLError):
        network.handshake(connection, network.pki.client_context("http/1.1"))
    drop = network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", name)
    assert drop["message"].startswith("openssl error: server handshake: ")


def test_http2_stays_out_where_the_policy_says_so(tmp_path: Path, network: Network) -> None:
    network.origin.serve(echo, network.pki.origin_context("good", "h2", "http/1.1"))
    configuration = CONFIGURATION.replace("profile-name fp;", "profile-name fp; disable-http2;")
    with RunningProxy(tmp_path, network.pki, network.origin.address, workers=1, configuration=configuration) as proxy:
        for offered, chosen in ((("h2", "http/1.1"), "http/1.1"), (("h2",), None)):
            with Network(network.pki, network.origin, proxy).client(network.pki.client_context(*offered)) as client:
                assert client.selected_alpn_protocol() == chosen


def test_an_alpn_that_the_server_does_not_know_is_its_own_alert(network: Network) -> None:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.use_certificate_chain_file(str(network.pki.directory / "good.pem"))
    context.use_privatekey_file(str(network.pki.directory / "good.pem"))

    def refuse(_connection: SSL.Connection, offered: list[bytes]) -> bytes:
        raise ValueError(offered)  # pyOpenSSL answers a callback that raises with no_application_protocol

    context.set_alpn_select_callback(refuse)

    def serve(at: socket.socket) -> None:
        at.settimeout(None)
        tls = SSL.Connection(context, at)
        tls.set_accept_state()
        with contextlib.suppress(SSL.Error, ValueError):
            tls.do_handshake()

    network.origin.serve(serve)
    with pytest.raises(ssl.SSLError, match="no application protocol"):
        network.client(network.pki.client_context("x-unheard-of"))
