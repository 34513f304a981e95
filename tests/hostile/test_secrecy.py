"""Nothing that was said inside TLS is ever seen outside it: on no link, in no log, and not by a server that is not the one."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from scenarios.certificates import Identity, LabPki, authority, lab_pki
from scenarios.schema import CertificateKind
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import DEADLINE, Origin, echo
from tests.helpers.running_proxy import RunningProxy
from tests.helpers.tap import Tap
from tests.helpers.waiting import until

MARKER = b"MARKER-6b1d0c5e-of-the-client"
ANSWER = b"MARKER-77e2a41f-of-the-server"
REQUEST = (b"GET /private?" + MARKER + b" HTTP/1.1\r\nHost: " + NAME.encode() + b"\r\nCookie: id=" + MARKER
           + b"\r\nAuthorization: Basic " + MARKER + b"\r\n\r\n")
GOOD = {"good", "rsa", "p384", "wildcard", "intermediate"}
NEEDS_MORE = {"revoked", "held", "must-staple", "own-ca"}  # a CRL, a staple, the proxy's key: scenarios have them


def answer(at: socket.socket) -> None:
    while at.recv(4096):
        at.sendall(b"HTTP/1.1 200 OK\r\nSet-Cookie: " + ANSWER + b"\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_on_no_link_and_in_no_log(pki: LoopbackPki, tmp_path: Path, version: ssl.TLSVersion) -> None:
    origin = Origin()
    origin.serve(answer, pki.origin_context())
    with (Tap(origin.address) as outside, RunningProxy(tmp_path, pki, outside.address) as proxy,
          Tap(proxy.address) as inside):
        for _ in range(3):  # new and resumed
            with pki.client_context(highest=version).wrap_socket(inside.connect(), server_hostname=NAME) as client:
                client.sendall(REQUEST)
                assert ANSWER in client.recv(4096)
        until(proxy.is_idle, "the sessions are over")
        assert proxy.end() == 0
        links = inside.bytes_seen, outside.bytes_seen
    assert all(len(seen) > 3000 for seen in links)
    written = b"".join(file.read_bytes() for file in (proxy.log, proxy.said))
    assert b"HTTP request GET /private" in written  # which it has read, and tells without the query
    for seen in (*links, written):
        assert MARKER not in seen
        assert ANSWER not in seen
    origin.close()


@pytest.fixture(scope="module")
def lab() -> LabPki:
    now = datetime.now(UTC)
    return lab_pki(now, authority("nobody's CA", now))


@pytest.fixture
def behind(lab: LabPki, tmp_path: Path) -> Iterator[Network]:
    """A proxy that trusts the lab's root."""
    pki = LoopbackPki(tmp_path)
    pki.origin_root.write_bytes(lab.root.certificate_pem())
    origin = Origin()
    with RunningProxy(tmp_path, pki, origin.address, workers=1) as proxy:
        yield Network(pki, origin, proxy)
    origin.close()


def context(identity: Identity, directory: Path) -> ssl.SSLContext:
    """A server with this certificate, however weak."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("DEFAULT@SECLEVEL=0")
    file = directory / "identity.pem"
    chain = b"".join(one.public_bytes(Encoding.PEM) for one in (identity.certificate, *identity.chain))
    file.write_bytes(chain + identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    made.load_cert_chain(file)
    return made


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_is_not_the_one_hears_nothing(behind: Network, lab: LabPki, tmp_path: Path,
                                                    version: ssl.TLSVersion) -> None:
    """Each bad certificate after a good one for the same name at the same address, and a good one after it."""
    kinds = set(get_args(CertificateKind)) - GOOD - NEEDS_MORE
    for kind in sorted(kinds):
        behind.origin.serve(echo, context(lab.leaf(NAME, "good"), tmp_path))
        assert said(behind, version) == b"echo"
        heard: list[bytes] = []
        behind.origin.serve(lambda at, heard=heard: heard.append(at.recv(4096)), context(lab.leaf(NAME, kind), tmp_path))
        assert said(behind, version) == b"", kind
        until(lambda heard=heard: heard or behind.origin.problems, f"{kind}: the origin has seen the end")
        assert heard in ([], [b""]), kind
    behind.origin.serve(echo, context(lab.leaf(NAME, "good"), tmp_path))
    assert said(behind, version) == b"echo"


def said(network: Network, version: ssl.TLSVersion) -> bytes:
    """What comes back of a request that is sent at the first moment, by a client that looks at no certificate."""
    careless = network.pki.client_context(highest=version)
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = careless.wrap_bio(incoming, outgoing, server_hostname=NAME)
    with network.proxy.connect() as client:
        client.settimeout(DEADLINE)
        while True:
            try:
                tls.do_handshake()
                tls.write(b"echo")  # leaves with the Finished
                client.sendall(outgoing.read())
                return _answer(tls, client, incoming)
            except ssl.SSLWantReadError:
                client.sendall(outgoing.read())
                if not (data := client.recv(4096)):
                    return b""
                incoming.write(data)
            except (ssl.SSLError, ConnectionError):
                return b""


def _answer(tls: ssl.SSLObject, client: socket.socket, incoming: ssl.MemoryBIO) -> bytes:
    while True:
        try:
            return tls.read(4096)
        except ssl.SSLWantReadError:
            if not (data := client.recv(4096)):
                return b""
            incoming.write(data)
