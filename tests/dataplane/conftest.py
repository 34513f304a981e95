"""One loopback network for the folder: certificates, an origin, and `srxnf proxy` between it and the clients."""

from collections.abc import Iterator

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import Origin, echo
from tests.helpers.running_proxy import RunningProxy


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> LoopbackPki:
    return LoopbackPki(tmp_path_factory.mktemp("pki"))


def _network(directory, pki: LoopbackPki, *, impatient: bool) -> Iterator[Network]:
    origin = Origin()
    proxy = RunningProxy(directory, pki, origin.address, impatient=impatient)
    yield Network(pki, origin, proxy)
    origin.close()
    assert proxy.end() == 0
    assert "Traceback" not in proxy.stderr


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, pki: LoopbackPki) -> Iterator[Network]:
    yield from _network(tmp_path_factory.mktemp("proxy"), pki, impatient=False)


@pytest.fixture(scope="session")
def shared_impatient(tmp_path_factory: pytest.TempPathFactory, pki: LoopbackPki) -> Iterator[Network]:
    yield from _network(tmp_path_factory.mktemp("impatient"), pki, impatient=True)


@pytest.fixture
def network(shared: Network) -> Network:
    """The shared network, its origin an echo over TLS, its log empty; no test may leave a traceback behind."""
    shared.proxy.forget_log()
    shared.origin.serve(echo, shared.pki.origin_context())
    return shared


@pytest.fixture
def impatient(shared_impatient: Network) -> Network:
    """The same with time-outs of a second or less."""
    shared_impatient.proxy.forget_log()
    shared_impatient.origin.serve(echo, shared_impatient.pki.origin_context())
    return shared_impatient
