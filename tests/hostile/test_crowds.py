"""Many at once who want nothing, or want it slowly: others are served meanwhile, and everything is given back."""

import contextlib
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import DAY, NAME
from tests.helpers.origin import echo, ended
from tests.helpers.waiting import until
from tests.hostile.conftest import Unharmed, serves
from tests.pki.factory import SERVER, mint, sans
from tests.tls.hello_bytes import standard_library_hello

SLOW, IDLE, FIRST, DECRYPTED = 2000, 5000, 1000, 300
DESCRIPTORS = IDLE + 1000


@pytest.fixture(autouse=True)
def many_descriptors() -> Iterator[None]:
    """The clients of a crowd are this process's."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] != resource.RLIM_INFINITY and before[1] < DESCRIPTORS:
        pytest.skip(f"needs {DESCRIPTORS} file descriptors, the system allows {before[1]}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], DESCRIPTORS), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_two_thousand_hellos_that_are_never_finished(impatient: Network, unharmed: Unharmed) -> None:
    hello = standard_library_hello()
    with unharmed(impatient), contextlib.ExitStack() as held:
        before = timed_out(impatient)
        clients = []
        for number in range(SLOW):
            clients.append(held.enter_context(impatient.proxy.connect()))
            clients[-1].sendall(hello[:1 + number % (len(hello) - 1)])
        until(lambda: is_served(impatient), "others are served")
        assert {ended(client) for client in clients} <= {"reset", "clean"}
        until(lambda: timed_out(impatient) >= before + SLOW, "each has its reason")
        until(lambda: is_served(impatient), "others are served")


def timed_out(network: Network) -> int:
    """Sessions that took too long for a handshake, or whose server, asked after the silence, had no room for so many."""
    counters = network.proxy.counters()
    return sum(counters.get(f"dropped: {reason}-timeout", 0) for reason in ("handshake", "connect"))


def is_served(network: Network) -> bool:
    """Whether a client gets its answer before the impatient proxy's deadline, which a busy machine may be too slow for."""
    try:
        serves(network)
    except OSError:
        return False
    return True


def test_five_thousand_clients_that_say_nothing(network: Network, unharmed: Unharmed) -> None:
    with unharmed(network), contextlib.ExitStack() as held:
        for _ in range(IDLE):
            held.enter_context(network.proxy.connect())
        until(lambda: network.proxy.ask("sessions")["total"] == IDLE, "all are in the table")
        serves(network)


def test_a_thousand_first_clients_of_one_site(network: Network, unharmed: Unharmed) -> None:
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
