"""One session from hello to end: good origins, bad certificates, servers that fail, clients that leave."""

import contextlib
import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest
from OpenSSL import SSL

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.helpers.origin import DEADLINE, ended, reset
from tests.helpers.running_proxy import RunningProxy, free_port
from tests.helpers.waiting import until
from tests.tls.hello_bytes import openssl_hello

SECRET = b"GET /secret HTTP/1.1\r\n\r\n"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
ALERT = 21


def page(at: socket.socket) -> None:
    until(lambda: b"\r\n\r\n" in at.recv(4096), "a request")
    at.sendall(PAGE)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_versions(network: Network, version: ssl.TLSVersion) -> None:
    with network.client(network.pki.client_context(highest=version)) as client:
        client.sendall(b"hello")
        assert client.recv(9) == b"hello"
        assert client.version() == version.name.replace("v1_", "v1.")


def test_the_version_is_no_newer_than_the_servers(network: Network) -> None:
    context = network.pki.origin_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    network.origin.serve(page, context)
    with network.client() as client:
        assert client.version() == "TLSv1.2"


@pytest.mark.parametrize(("offered", "known", "chosen"), [
    (("h2", "http/1.1"), ("h2",), "h2"), (("h2", "http/1.1"), ("http/1.1",), "http/1.1"), (("h2",), (), None),
    ((), ("h2",), None)])
def test_the_client_gets_the_protocol_that_the_server_chose(
        network: Network, offered: tuple[str, ...], known: tuple[str, ...], chosen: str | None) -> None:
    network.origin.serve(page, network.pki.origin_context("good", *known))
    with network.client(network.pki.client_context(*offered)) as client:
        assert client.selected_alpn_protocol() == chosen


def test_curl_over_http2(network: Network, tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "nginx.conf").write_text(f"""daemon off; pid {tmp_path}/pid; error_log stderr; events {{}}
        http {{ access_log off; client_body_temp_path {tmp_path}; proxy_temp_path {tmp_path}; fastcgi_temp_path {tmp_path};
        uwsgi_temp_path {tmp_path}; scgi_temp_path {tmp_path};
        server {{ listen 127.0.0.1:{port} ssl http2; location / {{ return 200 hello; }}
        ssl_certificate {network.pki.directory}/good.pem; ssl_certificate_key {network.pki.directory}/good.pem; }} }}""")
    nginx = subprocess.Popen(["nginx", "-p", str(tmp_path), "-c", "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "nginx is there")
        with RunningProxy(tmp_path, network.pki, ("127.0.0.1", port), workers=1) as proxy:
            done = subprocess.run(
                ["curl", "-sS", "--http2", "--cacert", str(network.pki.proxy_root),
                 "-w", " %{http_version} %{ssl_verify_result}", "--connect-to", f"{NAME}:443:127.0.0.1:{proxy.address[1]}", f"https://{NAME}/page"],
                capture_output=True, text=True, timeout=30, check=False)
            assert (done.stdout, done.stderr) == ("hello 2 0", "")
    finally:
        nginx.terminate()
        nginx.wait(10)


@pytest.mark.parametrize(("certificate", "alert", "message"), [
    ("untrusted", "TLSV1_ALERT_UNKNOWN_CA", "certificate error: unable to get local issuer certificate"),
    ("expired", "SSLV3_ALERT_CERTIFICATE_EXPIRED", "certificate error: certificate has expired"),
    ("wrong-name", "SSLV3_ALERT_CERTIFICATE_UNKNOWN", "certificate error: hostname mismatch")])
def test_a_server_that_cannot_be_authenticated(network: Network, certificate: str, alert: str, message: str) -> None:
    def listen(at: socket.socket) -> None:
        network.origin.received.append(b"")
        while data := at.recv(4096):
            network.origin.received.append(data)

    network.origin.serve(listen, network.pki.origin_context(certificate))
    connection = network.proxy.connect()
    name = connection.getsockname()
    with pytest.raises(ssl.SSLError) as refused:
        network.handshake(connection).sendall(SECRET)
    assert refused.value.reason == alert
    assert network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", name)["message"] == message
    until(lambda: network.origin.problems, "the origin has seen the end")
    assert network.origin.received == [b""]


def test_a_server_that_refuses(pki, tmp_path: Path) -> None:
    with RunningProxy(tmp_path, pki, ("127.0.0.1", free_port()), workers=1) as proxy, proxy.connect() as client:
        client.sendall(openssl_hello())
        assert ended(client) == "reset"
        record = proxy.record("SSL_PROXY_SSL_SESSION_DROP", client)
        assert record["message"] == "system: server unreachable: connection refused"


def test_a_server_that_is_silent_in_the_handshake(impatient: Network) -> None:
    impatient.origin.serve(lambda at: impatient.origin.received.append(ended(at).encode()))
    with impatient.proxy.connect() as client:
        client.sendall(openssl_hello())
        assert ended(client) == "reset"
        record = impatient.proxy.record("SSL_PROXY_SSL_SESSION_DROP", client)
        assert record["message"] == "system: handshake not finished in time"
    until(lambda: impatient.origin.received == [b"reset"], "the origin is let go")


def test_a_client_that_is_silent_in_the_handshake(impatient: Network) -> None:
    with impatient.proxy.connect() as client:
        client.sendall(openssl_hello_for(NAME))
        assert client.recv(1) == b"\x16"
        ended(client)
        record = impatient.proxy.record("SSL_PROXY_SSL_SESSION_DROP", client)
        assert record["message"] == "system: handshake not finished in time"


def test_an_idle_session(impatient: Network) -> None:
    with impatient.client() as client:
        client.sendall(b"hello")
        assert client.recv(9) == b"hello"
        assert ended(client) == "reset"
        assert impatient.proxy.record("RT_FLOW_SESSION_CLOSE", client)["reason"] == "idle Timeout"


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH\r\n" * 3, b"\x16\x03\x03\xff\xff", b"\x15\x03\x03\x00\x02\x02\x28", b""])
def test_a_server_that_speaks_no_tls(network: Network, answer: bytes) -> None:
    network.origin.serve(lambda at: at.sendall(answer))
    with network.proxy.connect() as client:
        client.sendall(openssl_hello())
        assert client.recv(99) == bytes((ALERT, 3, 3, 0, 2, 2, 40))
        record = network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", client)
        assert record["message"].startswith("openssl error: server handshake: ")


def test_a_server_that_resets_while_the_client_shakes_hands(network: Network) -> None:
    network.origin.serve(reset, network.pki.origin_context())
    with network.proxy.connect() as client:
        client.sendall(openssl_hello_for(NAME))
        assert ended(client) == "reset"
        assert network.proxy.record("RT_FLOW_SESSION_CLOSE", client)["reason"] == "TCP SERVER RST"


def openssl_hello_for(name: str) -> bytes:
    client = SSL.Connection(SSL.Context(SSL.TLS_CLIENT_METHOD), None)
    client.set_tlsext_host_name(name.encode())
    client.set_connect_state()
    with contextlib.suppress(SSL.WantReadError):
        client.do_handshake()
    return client.bio_read(1 << 16)


@pytest.mark.parametrize("how", [socket.socket.close, reset])
@pytest.mark.parametrize("sent", [0, 1, 5, 100, 10_000])
def test_clients_that_leave_within_their_hello(network: Network, sent: int, how) -> None:
    client = network.proxy.connect()
    client.sendall(openssl_hello_for(NAME)[:sent])
    how(client)
    until(network.proxy.is_idle, "the session is over")


@pytest.mark.parametrize("how", [socket.socket.close, reset])
def test_clients_that_leave_while_the_server_shakes_hands(network: Network, how) -> None:
    there, gone = threading.Event(), threading.Event()

    def stall(at: socket.socket) -> None:
        at.recv(1)
        there.set()
        ended(at)
        gone.set()

    network.origin.serve(stall)
    client = network.proxy.connect()
    client.sendall(openssl_hello())
    assert there.wait(DEADLINE)
    how(client)
    assert gone.wait(5)


@pytest.mark.parametrize("how", [socket.socket.close, reset])
def test_clients_that_leave_within_their_handshake(network: Network, how) -> None:
    client = network.proxy.connect()
    client.sendall(openssl_hello_for(NAME))
    assert client.recv(1) == b"\x16"
    how(client)
    until(network.proxy.is_idle, "the session is over")
    until(lambda: network.origin.problems, "the origin has seen the end")


def test_a_client_that_does_not_trust_the_proxy(network: Network) -> None:
    connection = network.proxy.connect()
    name = connection.getsockname()
    with pytest.raises(ssl.SSLCertVerificationError):
        network.handshake(connection, ssl.create_default_context())
    message = network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", name)["message"]
    assert message == f"openssl error: client handshake: tlsv1 alert unknown ca, server name {NAME}"
