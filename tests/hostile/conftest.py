"""The data plane's loopback networks, and what must hold of one after whatever was done to it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.dataplane.conftest import impatient, network, pki, shared, shared_impatient
from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME
from tests.helpers.waiting import until

__all__ = ["impatient", "network", "pki", "shared", "shared_impatient"]
Unharmed = Callable[[Network], AbstractContextManager[None]]


def serves(network: Network) -> None:
    """A client like any other is served, whatever others do."""
    with network.client() as client:
        client.sendall(b"hello")
        assert client.recv(9) == b"hello"


@contextmanager
def _unharmed(network: Network) -> Iterator[None]:
    serves(network)
    until(network.proxy.is_idle, "no session is left")
    before = network.proxy.descriptors()
    pids = set(network.proxy.workers().values())
    yield
    until(network.proxy.is_idle, f"no session is left with {NAME}")
    until(lambda: network.proxy.descriptors() <= before, f"descriptors are back at {before}")
    assert set(network.proxy.workers().values()) == pids
    assert "Traceback" not in network.proxy.stderr


@pytest.fixture
def unharmed() -> Unharmed:
    """Afterwards no session, no descriptor and no traceback is left, and no worker has been lost."""
    return _unharmed
