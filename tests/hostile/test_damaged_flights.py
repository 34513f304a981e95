"""Real flights of both sides, with bytes changed, lost and doubled on the way: every session ends, and that is all."""

import contextlib
import random
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.helpers.origin import echo
from tests.hostile.conftest import Unharmed, serves

SESSIONS = 150
PATIENCE = 2.0  # seconds; the impatient proxy has ended the session before
VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)


def damaged(chance: random.Random, flight: bytes) -> bytes:
    data = bytearray(flight)
    for _ in range(chance.randint(0, 5)):
        at, size = chance.randrange(len(data) + 1), chance.randint(1, 40)
        data[at:at + chance.choice((0, size))] = chance.choice((b"", chance.randbytes(size), data[at:at + size]))
    return bytes(data[:chance.randint(0, len(data))] if chance.random() < 0.2 else data)


def talk(at: socket.socket, tls: ssl.SSLObject, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO,
         chance: random.Random) -> None:
    """Go on as TLS says, and damage half of what is sent."""
    at.settimeout(PATIENCE)
    for _ in range(9):
        with contextlib.suppress(ssl.SSLWantReadError):
            tls.do_handshake()
            tls.write(b"hello")
            tls.read(99)
        if flight := outgoing.read():
            at.sendall(damaged(chance, flight) if chance.random() < 0.5 else flight)
        if not (data := at.recv(1 << 16)):
            return
        incoming.write(data)


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_left_of_them(impatient: Network, unharmed: Unharmed, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - to be the same again

    def serve(at: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        with contextlib.suppress(OSError):  # SSLError is one
            talk(at, impatient.pki.origin_context().wrap_bio(incoming, outgoing, server_side=True), incoming, outgoing, chance)

    def visit(number: int) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = impatient.pki.client_context(highest=VERSIONS[number % 2])
        with contextlib.suppress(OSError), impatient.proxy.connect() as at:
            talk(at, context.wrap_bio(incoming, outgoing, server_hostname=NAME), incoming, outgoing, chance)

    with unharmed(impatient), ThreadPoolExecutor(16) as pool:
        impatient.origin.serve(serve)
        list(pool.map(visit, range(SESSIONS)))
        impatient.origin.serve(echo, impatient.pki.origin_context())
        serves(impatient)
