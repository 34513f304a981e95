"""Sessions whose server's certificate an OCSP responder is asked about: they wait, others do not, and who leaves is gone."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from tests.dataplane.test_responders import OK, Responder
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import Origin
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

PROFILE = "ca-profile lab-root { ca-identity lab-root; }"


class Asked:
    """A network whose proxy asks a responder."""

    def __init__(self, network: Network, responder: Responder) -> None:
        self.network, self.responder = network, responder

    def fetch(self) -> bytes:
        with self.network.client() as client:
            client.sendall(b"hello")
            return client.recv(99)


def good(pki: LoopbackPki) -> bytes:
    """What the origins' CA says of the good origin."""
    leaf, issuer = x509.load_pem_x509_certificate((pki.directory / "good.pem").read_bytes()), pki.root.certificate
    now = datetime.now(UTC)
    builder = (ocsp.OCSPResponseBuilder().add_response(leaf, issuer, hashes.SHA1(), ocsp.OCSPCertStatus.GOOD,  # noqa: S303
                                                       now, now + timedelta(hours=1), None, None)
               .responder_id(ocsp.OCSPResponderEncoding.HASH, issuer))
    return OK + builder.sign(pki.root.key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.fixture
def asked(tmp_path: Path, pki: LoopbackPki, request: pytest.FixtureRequest) -> Iterator[Asked]:
    responder, origin = Responder(lambda _: good(pki)), Origin()
    origin.serve(lambda at: at.sendall(at.recv(99)), pki.origin_context())
    check = f"ca-profile lab-root {{ ca-identity lab-root; revocation-check {{ use-ocsp; ocsp {{ url {responder.url}; }} }} }}"
    with RunningProxy(tmp_path, pki, origin.address, workers=1, impatient=getattr(request, "param", False),
                      configuration=CONFIGURATION.replace(PROFILE, check)) as proxy:
        yield Asked(Network(pki, origin, proxy), responder)
        assert "Traceback" not in proxy.stderr
    responder.close()
    origin.close()


def test_all_wait_for_one_answer(asked: Asked) -> None:
    asked.responder.may.clear()
    found: list[bytes] = []
    clients = [threading.Thread(target=lambda: found.append(asked.fetch())) for _ in range(5)]
    for client in clients:
        client.start()
    until(lambda: asked.responder.requests, "the question")
    until(lambda: asked.network.proxy.ask("sessions")["total"], "whoever asks the proxy is answered meanwhile")
    assert found == []
    asked.responder.may.set()
    for client in clients:
        client.join()
    assert found == [b"hello"] * 5
    assert asked.fetch() == b"hello"
    assert len(asked.responder.requests) == 1


def test_no_answer_refuses_the_server(asked: Asked) -> None:
    asked.responder.answer = lambda _: b"HTTP/1.0 500 Oh\r\n\r\n"
    with pytest.raises(ssl.SSLError):
        asked.fetch()
    record, = until(lambda: [one for one in asked.network.proxy.all_records() if one["name"] == "SSL_PROXY_SSL_SESSION_DROP"],
                    "the drop in the log")
    assert record["message"] == "certificate error: no OCSP responder has told whether the certificate is revoked"


def test_a_client_that_does_not_wait_is_gone(asked: Asked) -> None:
    asked.responder.may.clear()
    with asked.network.proxy.connect() as client:
        client.sendall(_hello())
        until(lambda: asked.responder.requests, "the question")
    until(asked.network.proxy.is_idle, "the session's end")
    asked.responder.may.set()
    until(lambda: asked.fetch() == b"hello", "the next one is served")


@pytest.mark.parametrize("asked", [True], indirect=True)
def test_a_responder_that_thinks_too_long_meets_the_sessions_deadline(asked: Asked) -> None:
    asked.responder.may.clear()
    with pytest.raises((ssl.SSLError, ConnectionError)):
        asked.fetch()
    until(asked.network.proxy.is_idle, "the session's end")
    asked.responder.may.set()


def _hello() -> bytes:
    """A ClientHello for the origin's name."""
    come, go = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = ssl.create_default_context().wrap_bio(come, go, server_hostname="www.example.test")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return go.read()
