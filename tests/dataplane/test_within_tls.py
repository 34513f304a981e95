"""What peers do within TLS besides data: renegotiations, and storms of messages that say nothing."""

import ctypes
import ctypes.util
import hashlib
import socket
import ssl
from collections.abc import Callable, Iterator

import pytest
from OpenSSL import SSL

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import DEADLINE, Origin, ended
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

OPTION = {"drop": "renegotiation drop;", "allow-secure": "", "allow": "renegotiation allow;"}
CHANGED = "ssl: renegotiation context (3): certificate chain in renegotiation context different from original"
UPLOAD = hashlib.shake_256(b"upload").digest(6 << 20)
STORM = "policy violation: too many TLS messages without data"


@pytest.fixture(scope="module", params=list(OPTION))
def permitting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory,
               pki: LoopbackPki) -> Iterator[tuple[str, Network]]:
    """A network whose profile says each of the three."""
    origin, directory = Origin(), tmp_path_factory.mktemp("renegotiation")
    configuration = CONFIGURATION.replace("actions { log", f"actions {{ {OPTION[request.param]} log")
    with RunningProxy(directory, pki, origin.address, workers=1, configuration=configuration) as proxy:
        yield request.param, Network(pki, origin, proxy)
        origin.close()
        assert proxy.end() == 0
        assert "Traceback" not in proxy.stderr


def tls12_client(network: Network) -> SSL.Connection:
    """A client that can renegotiate, with its handshake done."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    tls = SSL.Connection(context, blocking(network.proxy.connect()))
    tls.set_tlsext_host_name(NAME.encode())
    tls.set_connect_state()
    tls.do_handshake()
    return tls


def blocking(sock: socket.socket) -> socket.socket:
    """pyOpenSSL takes a time-out for non-blocking."""
    sock.settimeout(None)
    return sock


def origin_of(network: Network, chat: Callable[[SSL.Connection], None], *names: str) -> None:
    """The origin as a pyOpenSSL server of TLS 1.2, with this certificate, and with another after the first handshake."""
    def context(name: str) -> SSL.Context:
        made = SSL.Context(SSL.TLS_SERVER_METHOD)
        made.set_max_proto_version(SSL.TLS1_2_VERSION)
        made.set_options(SSL.OP_NO_TICKET)  # a renegotiation that resumes shows no certificate
        made.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        made.use_certificate_chain_file(str(network.pki.directory / f"{name}.pem"))
        made.use_privatekey_file(str(network.pki.directory / f"{name}.pem"))
        return made

    def serve(at: socket.socket) -> None:
        tls = SSL.Connection(context(names[0]), blocking(at))
        tls.set_accept_state()
        try:
            tls.do_handshake()
            for name in names[1:]:
                tls.set_context(context(name))
            chat(tls)
        except SSL.Error as error:
            network.origin.problems.append(error)

    network.origin.serve(serve)


def echo(tls: SSL.Connection) -> None:
    while data := tls.recv(4096):
        tls.send(data)


def said(tls: SSL.Connection, text: bytes) -> bytes:
    tls.send(text)
    return tls.recv(99)


def message(network: Network, name: str, client: tuple[str, int]) -> list[str]:
    return [record["message"] for record in until(lambda: network.proxy.records(name, client), name)]


def refused_in(*steps: Callable[[], object]) -> None:
    """These steps, over and over, come to an end."""
    with pytest.raises(SSL.Error):  # noqa: PT012 - any of them
        for _ in range(100):
            for step in steps:
                step()


def test_a_client_renegotiates_as_the_profile_says(permitting: tuple[str, Network]) -> None:
    permitted, network = permitting
    origin_of(network, echo, "good")
    tls = tls12_client(network)
    name = tls.getsockname()
    assert said(tls, b"before") == b"before"
    tls.renegotiate()
    if permitted == "drop":
        refused_in(tls.do_handshake, lambda: said(tls, b"after"))
        assert message(network, "SSL_PROXY_SSL_SESSION_DROP", name) == ["policy violation: renegotiation not permitted"]
        assert until(lambda: network.proxy.counters().get("dropped: renegotiation"), "its reason")
        return
    tls.do_handshake()
    assert said(tls, b"after") == b"after"
    assert tls.total_renegotiations() == 1
    assert message(network, "SSL_PROXY_INFO", name) == [
        f"ssl: renegotiation context (1): secure renegotiation {stage}" for stage in ("started", "completed")]
    tls.shutdown()


def test_renegotiations_without_end_are_cut(permitting: tuple[str, Network]) -> None:
    permitted, network = permitting
    if permitted == "drop":
        return
    origin_of(network, echo, "good")
    tls = tls12_client(network)
    name = tls.getsockname()
    refused_in(tls.renegotiate, tls.do_handshake, lambda: said(tls, b"on"))
    assert message(network, "SSL_PROXY_SSL_SESSION_DROP", name) == [STORM]


@pytest.mark.parametrize("names", [("good",), ("good", "wrong-name")])
def test_a_server_renegotiates_as_the_profile_says(permitting: tuple[str, Network], names: tuple[str, ...]) -> None:
    permitted, network = permitting

    def chat(tls: SSL.Connection) -> None:
        tls.send(tls.recv(99))
        tls.renegotiate()
        tls.do_handshake()
        network.origin.received.append(tls.recv(99))  # which finishes the other handshake before
        tls.send(b"done")
        tls.recv(1)

    origin_of(network, chat, *names)
    tls = tls12_client(network)
    name = tls.getsockname()
    assert said(tls, b"before") == b"before"
    if permitted == "drop" or len(names) == 2:
        expected = CHANGED if permitted != "drop" else "policy violation: renegotiation not permitted"
        assert message(network, "SSL_PROXY_SSL_SESSION_DROP", name) == [expected]
        with pytest.raises(SSL.Error):
            tls.recv(1)
        assert network.origin.received == []
    else:
        until(lambda: len(network.proxy.records("SSL_PROXY_INFO", name)) == 2, "a renegotiation")
        assert said(tls, b"after") == b"done"
        assert network.origin.received == [b"after"]


def test_an_upload_goes_on_through_a_servers_renegotiations(permitting: tuple[str, Network]) -> None:
    """What cannot be written before the server has been heard waits, and goes out then."""
    permitted, network = permitting
    if permitted == "drop":
        return

    def take(tls: SSL.Connection) -> None:
        digest, left = hashlib.sha256(), len(UPLOAD)
        renegotiations = [len(UPLOAD) // 3, len(UPLOAD) * 2 // 3]
        while left:
            data = tls.recv(65536)
            digest.update(data)
            left -= len(data)
            if renegotiations and left < renegotiations[-1]:
                renegotiations.pop()
                tls.renegotiate()
                tls.do_handshake()
        tls.send(digest.digest())
        tls.recv(1)

    origin_of(network, take, "good")
    with network.client(network.pki.client_context(highest=ssl.TLSVersion.TLSv1_2)) as client:
        client.sendall(UPLOAD)
        assert client.recv(99) == hashlib.sha256(UPLOAD).digest()
        told = [record["message"] for record in network.proxy.records("SSL_PROXY_INFO", client)]
    assert "ssl: renegotiation context (1): secure renegotiation completed" in told


class Libssl:
    """The system's OpenSSL, for what neither of the libraries in use can be made to do: KeyUpdates."""

    def __init__(self) -> None:
        self.lib = ctypes.CDLL(ctypes.util.find_library("ssl"))
        for name in ("TLS_client_method", "SSL_CTX_new", "SSL_new"):
            getattr(self.lib, name).restype = ctypes.c_void_p

    def connect(self, sock: socket.socket) -> ctypes.c_void_p:
        context = self.lib.SSL_CTX_new(ctypes.c_void_p(self.lib.TLS_client_method()))
        made = ctypes.c_void_p(self.lib.SSL_new(ctypes.c_void_p(context)))
        self.lib.SSL_set_fd(made, sock.fileno())
        self.lib.SSL_ctrl(made, 55, 0, ctypes.c_char_p(NAME.encode()))  # SSL_set_tlsext_host_name
        assert self.lib.SSL_connect(made) == 1
        return made

    def update_key(self, tls: ctypes.c_void_p) -> bool:
        return self.lib.SSL_key_update(tls, 0) == 1 and self.lib.SSL_do_handshake(tls) == 1


@pytest.mark.parametrize("updates", [50, 20_000])
def test_key_updates_in_moderation_only(network: Network, updates: int) -> None:
    library, sock = Libssl(), blocking(network.proxy.connect())
    tls, name = library.connect(sock), sock.getsockname()
    went = [number for number in range(updates) if library.update_key(tls)]
    if updates == 50:
        assert len(went) == 50
        assert library.lib.SSL_write(tls, b"hello", 5) == 5
        answer = ctypes.create_string_buffer(9)
        assert library.lib.SSL_read(tls, answer, 9) == 5
        assert answer.value == b"hello"
        return
    sock.settimeout(DEADLINE)
    ended(sock)
    assert message(network, "SSL_PROXY_SSL_SESSION_DROP", name) == [STORM]
    with network.client() as other:
        other.sendall(b"hello")
        assert other.recv(9) == b"hello"




def test_what_is_no_tls_any_more_ends_the_session_with_its_reason(network: Network) -> None:
    connection = network.proxy.connect()
    name, raw = connection.getsockname(), connection.dup()
    with network.handshake(connection) as client:
        client.sendall(b"hello")
        assert client.recv(9) == b"hello"
        raw.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
        assert message(network, "SSL_PROXY_SSL_SESSION_DROP", name)[0].startswith("openssl error: client: ")
    raw.close()
    assert until(lambda: network.proxy.counters().get("dropped: tls-protocol-error"), "its reason")
