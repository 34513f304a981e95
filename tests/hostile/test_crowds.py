"""Many at once who want nothing, or want it slowly: others are served meanwhile, and everything is given back."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import DAY, NAME
from tests.helpers.origin import echo, ended
from tests.helpers.waiting import until
from tests.hostile.conftest import Unharmed, serves
from tests.pki.factory import SERVER, mint, sans
from tests.tls.hello_bytes import standard_library_hello

SLOW, IDLE, FIRST, DECRYPTED = 500, 1000, 200, 300


def test_five_hundred_hellos_that_are_never_finished(impatient: Network, unharmed: Unharmed) -> None:
    hello = standard_library_hello()
    with unharmed(impatient), contextlib.ExitStack() as held:
        before = impatient.proxy.counters().get("dropped: handshake-timeout", 0)
        clients = []
        for number in range(SLOW):
            clients.append(held.enter_context(impatient.proxy.connect()))
            clients[-1].sendall(hello[:1 + number % (len(hello) - 1)])
        serves(impatient)
        assert {ended(client) for client in clients} <= {"reset", "clean"}
        until(lambda: impatient.proxy.counters().get("dropped: handshake-timeout", 0) == before + SLOW, "each has its reason")
        serves(impatient)


def test_a_thousand_clients_that_say_nothing(network: Network, unharmed: Unharmed) -> None:
    with unharmed(network), contextlib.ExitStack() as held:
        for _ in range(IDLE):
            held.enter_context(network.proxy.connect())
        until(lambda: network.proxy.ask("sessions")["total"] == IDLE, "all are in the table")
        serves(network)


def test_two_hundred_first_clients_of_one_site(network: Network, unharmed: Unharmed) -> None:
    """Each worker forges once."""
    leaf = mint(NAME, network.pki.root, (sans(NAME), SERVER), begins=network.pki.now - DAY, ends=network.pki.now + DAY)
    network.pki._write("new", leaf)
    careful = network.pki.client_context()

    def serial_number(_: int) -> str:
        with network.client(careful) as client:
            return str(client.getpeercert()["serialNumber"])

    with unharmed(network), ThreadPoolExecutor(32) as pool:
        network.origin.serve(echo, network.pki.origin_context("new"))
        shown = set(pool.map(serial_number, range(FIRST)))
        assert len(shown) == len(network.proxy.workers())
        network.origin.serve(echo, network.pki.origin_context())


def test_hundreds_of_decrypted_sessions_that_are_idle(network: Network, unharmed: Unharmed) -> None:
    with unharmed(network), contextlib.ExitStack() as held, ThreadPoolExecutor(8) as pool:
        network.origin.serve(echo, network.pki.origin_context())
        clients = list(pool.map(lambda _: held.enter_context(network.client()), range(DECRYPTED)))
        until(lambda: network.proxy.ask("sessions")["total"] == DECRYPTED, "all are in the table")
        serves(network)
        for client in clients:  # and each still works
            client.sendall(b"still here")
        assert {client.recv(99) for client in clients} == {b"still here"}
