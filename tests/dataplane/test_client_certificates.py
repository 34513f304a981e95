"""Servers that ask for client certificates, clients that refuse forged ones: over real sockets, and what is learned."""

import contextlib
import os
import signal
import socket
import ssl
from collections.abc import Iterator

import pytest

from nf.dataplane.control import ask
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import Origin, echo, ended
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

REQUIRED = "system: server requires a client certificate"
MACRO = "apply-macro srxnf { client-certificate bypass; learned-bypass on; learned-bypass-count 2; }"
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.fixture
def learning(tmp_path_factory: pytest.TempPathFactory, pki: LoopbackPki) -> Iterator[Network]:
    """A network whose profile learns, with two workers."""
    origin, directory = Origin(), tmp_path_factory.mktemp("learning")
    configuration = CONFIGURATION.replace("trusted-ca", f"{MACRO} trusted-ca")
    with RunningProxy(directory, pki, origin.address, configuration=configuration) as proxy:
        yield Network(pki, origin, proxy)
        origin.close()
        assert proxy.end() == 0
        assert "Traceback" not in proxy.stderr


def asking(network: Network, mode: ssl.VerifyMode, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    context = network.pki.origin_context()
    context.maximum_version = version
    context.verify_mode = mode
    context.load_verify_locations(network.pki.proxy_root)
    return context


@pytest.mark.parametrize("version", VERSIONS)
def test_an_optional_certificate_is_done_without(network: Network, version: ssl.TLSVersion) -> None:
    network.origin.serve(echo, asking(network, ssl.CERT_OPTIONAL, version))
    with network.client() as client:
        client.sendall(b"hello")
        assert client.recv(9) == b"hello"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_required_one_ends_the_session(network: Network, version: ssl.TLSVersion) -> None:
    network.origin.serve(echo, asking(network, ssl.CERT_REQUIRED, version))
    connection = network.proxy.connect()
    name = connection.getsockname()
    with contextlib.suppress(OSError), network.handshake(connection) as client:  # TLS 1.3 finds out later
        client.sendall(b"hello")
        assert ended(client) != "clean"
    assert network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", name)["message"] == REQUIRED
    assert until(lambda: network.proxy.counters().get("dropped: client-authentication-required"), "its reason")
    assert network.origin.received == []


def end_to_end(network: Network, *, trust: str = "origins") -> str:
    """Who has signed what the client sees, or how it failed."""
    context = ssl.create_default_context(cafile=str(network.pki.origin_root if trust == "origins" else network.pki.proxy_root))
    try:
        with network.client(context) as client:
            return dict(pair[0] for pair in client.getpeercert()["issuer"])["commonName"]
    except ssl.SSLCertVerificationError:
        return "refused"
    except OSError as error:
        return type(error).__name__


def test_a_server_that_requires_one_is_passed_on_once_that_is_known(learning: Network) -> None:
    def serve(at: socket.socket) -> None:
        with asking(learning, ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_2).wrap_socket(at, server_side=True) as tls:
            echo(tls)

    learning.origin.serve(serve)
    assert end_to_end(learning, trust="proxy") != "SRX SSL proxy CA"
    learned = until(lambda: [one for one in learning.proxy.all_records() if one["name"] == "SSL_PROXY_WARNING"], "a warning")
    assert "requires a client certificate; its sessions are not decrypted for 3600 seconds" in learned[0]["message"]
    for _ in range(4):  # on either worker
        end_to_end(learning)
    until(lambda: learning.proxy.counters().get("bypassed: client-certificate-bypass", 0) == 4, "sessions that were passed on")


def test_a_client_that_refuses_twice_is_left_alone_with_that_server(learning: Network) -> None:
    learning.origin.serve(echo, learning.pki.origin_context())
    assert end_to_end(learning) == "refused"
    until(lambda: learning.proxy.counters().get("dropped: client-handshake-failed") == 1, "a refusal")
    assert not learning.proxy.counters().get("bypassed: learned-bypass")
    assert end_to_end(learning) == "refused"
    learned = until(lambda: [one for one in learning.proxy.all_records() if one["name"] == "SSL_PROXY_WARNING"], "a warning")
    assert "has refused the certificate for" in learned[0]["message"]
    assert {end_to_end(learning) for _ in range(4)} == {"Origins Root"}
    until(lambda: learning.proxy.counters().get("bypassed: learned-bypass") == 4, "sessions that were passed on")
    entry, = learning.proxy.ask("learned-bypass")["entries"]
    assert (entry["client"], entry["server_name"], entry["cause"]) == ("127.0.0.1", NAME, "learned-bypass")
    white = [one for one in learning.proxy.all_records() if one["name"] == "SSL_PROXY_SESSION_WHITELIST"]
    assert len(white) == 4
    ask(learning.proxy.control, {"clear": "learned-bypass"})
    until(lambda: end_to_end(learning) == "refused", "it is forgotten")
    assert learning.proxy.ask("learned-bypass")["entries"] == []


def test_a_worker_that_starts_later_knows_it_too(learning: Network) -> None:
    learning.origin.serve(echo, learning.pki.origin_context())
    until(lambda: end_to_end(learning) == "Origins Root", "it is learned")
    before = learning.proxy.workers()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(after := learning.proxy.workers()) == 2 and not {*after.values()} & {*before.values()}, "others")
    until(lambda: end_to_end(learning) == "Origins Root", "a session")
    assert ask(learning.proxy.control, {"show": "statistics"})
