"""Servers with chains that are too long, too big or go in circles: an answer in time, and no others are kept waiting."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.helpers.origin import echo
from tests.hostile.conftest import Unharmed, serves
from tests.pki.factory import CA, SERVER, Minted, mint, sans

AT_ONCE = 20
NOW = datetime.now(UTC)
DATES = {"begins": NOW - timedelta(days=1), "ends": NOW + timedelta(days=20)}


def too_long(root: Minted) -> list[Minted]:
    """A hundred certificates below the root."""
    chain = [root]
    for number in range(99):
        chain.append(mint(f"Intermediate {number}", chain[-1], (CA,), **DATES))
    return [mint(NAME, chain[-1], (sans(NAME), SERVER), **DATES), *reversed(chain[1:])]


def too_many_names(root: Minted) -> list[Minted]:
    """Some 300 kB."""
    return _with_names(root, 10_000)


def many_names(root: Minted) -> list[Minted]:
    """A thousand, which is no fault."""
    return _with_names(root, 1000)


def _with_names(root: Minted, count: int) -> list[Minted]:
    names = (f"name{number}.of.many.example.test" for number in range(count))
    return [mint(NAME, root, (sans(NAME, *names), SERVER), **DATES)]


def in_circles(root: Minted) -> list[Minted]:
    """Eight CAs that have all signed one another, and none below the root."""
    names = [mint(f"CA {number}", None, (CA,), **DATES) for number in range(8)]
    crossed = [mint(f"CA {number}", other, (CA,), key=one.key, **DATES)
               for number, one in enumerate(names) for other in names if other is not one]
    return [mint(NAME, names[0], (sans(NAME), SERVER), **DATES), *crossed]


def context(chain: list[Minted], directory: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    key = chain[0].key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = directory / "chain.pem"
    file.write_bytes(b"".join(one.certificate.public_bytes(Encoding.PEM) for one in chain) + key)
    made.load_cert_chain(file)
    return made


@pytest.mark.parametrize(("chain_of", "message"), [
    (too_long, "certificate error: "), (too_many_names, "openssl error: server handshake: excessive message size"),
    (in_circles, "certificate error: ")])
def test_is_refused_and_others_are_served(network: Network, unharmed: Unharmed, tmp_path: Path, chain_of, message: str) -> None:
    with unharmed(network):
        network.origin.serve(echo, context(chain_of(network.pki.root), tmp_path))
        names = []
        for _ in range(AT_ONCE):
            at = network.proxy.connect()
            names.append(at.getsockname())
            with at, pytest.raises((ssl.SSLError, ConnectionError)):
                network.handshake(at)
        network.origin.serve(echo, network.pki.origin_context())
        serves(network)
        for name in names:
            assert network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", name)["message"].startswith(message)


def test_a_thousand_names_are_served(network: Network, unharmed: Unharmed, tmp_path: Path) -> None:
    with unharmed(network):
        network.origin.serve(echo, context(many_names(network.pki.root), tmp_path))
        for _ in range(2):
            with network.client() as client:
                client.sendall(b"hello")
                assert client.recv(9) == b"hello"
                (_, *seen), = [client.getpeercert()["subjectAltName"]]
                assert len(seen) == 1000
        network.origin.serve(echo, network.pki.origin_context())
