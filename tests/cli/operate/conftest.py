"""One `srxnf proxy` on the loopback for the folder, with an echo origin over TLS behind it."""

from collections.abc import Iterator

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import Origin, echo
from tests.helpers.running_proxy import RunningProxy


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    pki = LoopbackPki(tmp_path_factory.mktemp("pki"))
    origin = Origin()
    origin.serve(echo, pki.origin_context())
    proxy = RunningProxy(tmp_path_factory.mktemp("proxy"), pki, origin.address)
    yield Network(pki, origin, proxy)
    origin.close()
    assert proxy.end() == 0
    assert "Traceback" not in proxy.stderr
