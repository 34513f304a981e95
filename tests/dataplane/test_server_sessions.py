"""Sessions with servers are resumed, once each, under the same name only, and never past a verdict on their chain."""

import ssl
from pathlib import Path

import pytest
from OpenSSL import SSL

from nf.dataplane.cache_room import CacheRoom
from nf.dataplane.server_sessions import POOL, ServerSessions
from tests.helpers.loopback_network import Network
from tests.helpers.origin import Origin, ended
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

SERVER = ("192.0.2.1", 443, "www.example.test", True, False)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def session() -> SSL.Session:
    return SSL.Session()


def test_a_session_is_offered_once_and_the_newest_first() -> None:
    kept, old, new = ServerSessions(CacheRoom(3)), session(), session()
    for one in (old, new):
        kept.keep(SERVER, one, (b"chain",))
    taken = [kept.take(SERVER), kept.take(SERVER)]
    assert [one and one.session for one in taken] == [new, old]
    assert kept.take(SERVER) is None
    assert (kept.counters.hits, kept.counters.misses) == (2, 1)


def test_one_servers_session_is_not_anothers() -> None:
    kept = ServerSessions(CacheRoom(3))
    kept.keep(SERVER, session(), (b"chain",))
    assert kept.take((*SERVER[:2], "other.example.test", *SERVER[3:])) is None


def test_a_session_ends_with_its_lifetime() -> None:
    clock = Clock()
    kept = ServerSessions(CacheRoom(3), 300, clock)
    kept.keep(SERVER, session(), (b"chain",))
    kept.keep(SERVER, session(), (b"chain",))
    clock.now = 299.9
    assert kept.take(SERVER) is not None
    clock.now = 300.0
    assert kept.take(SERVER) is None
    assert len(kept) == 0


def test_pools_are_bounded() -> None:
    kept = ServerSessions(CacheRoom(3))
    for number in range(10):
        for _ in range(POOL + 1):
            kept.keep((number,), session(), (b"chain",))
    assert len(kept) == 3 * POOL
    assert kept.clear() == 3 * POOL
    assert kept.take((9,)) is None


def visit(network: Network, context: ssl.SSLContext | None = None, *, politely: bool = True) -> bytes:
    with network.client(context) as client:
        client.sendall(b"hello")
        answer = client.recv(9)
        if politely:
            client.unwrap().close()  # so that the session is over when the next one begins
        return answer


@pytest.mark.parametrize("politely", [True, False])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_server_sees_its_session_resumed(tmp_path: Path, network: Network, version: ssl.TLSVersion,
                                             politely: bool) -> None:
    with RunningProxy(tmp_path, network.pki, network.origin.address, workers=1) as proxy:
        mine = Network(network.pki, network.origin, proxy)
        resumed = serve(network, network.pki.origin_context())
        for count in range(1, 5):
            assert visit(mine, network.pki.client_context(highest=version), politely=politely) == b"hello"
            until(lambda count=count: len(resumed) == count and closed(proxy) == count, "the session is over")
        assert resumed == [False, True, True, True]


def test_a_server_that_has_changed_its_certificate_is_judged_by_the_new_one(tmp_path: Path, network: Network) -> None:
    with RunningProxy(tmp_path, network.pki, network.origin.address, workers=1) as proxy:
        mine = Network(network.pki, network.origin, proxy)
        assert visit(mine) == b"hello"
        until(lambda: closed(proxy) == 1, "the session is over")
        network.origin.serve(network.origin.script, network.pki.origin_context("untrusted"))
        with pytest.raises(ssl.SSLError):
            visit(mine)


def test_resumption_can_be_disabled(tmp_path: Path, network: Network) -> None:
    disabled = CONFIGURATION.replace("actions {", "actions { disable-session-resumption;")
    with RunningProxy(tmp_path, network.pki, network.origin.address, workers=1, configuration=disabled) as proxy:
        mine = Network(network.pki, network.origin, proxy)
        resumed = serve(network, network.pki.origin_context())
        for count in range(1, 4):
            assert visit(mine) == b"hello"
            until(lambda count=count: len(resumed) == count and closed(proxy) == count, "the session is over")
        assert resumed == [False, False, False]


def serve(network: Network, context: ssl.SSLContext) -> list[bool]:
    """An echo that writes down which handshakes resumed a session."""
    resumed: list[bool] = []

    def note(connection: ssl.SSLSocket) -> None:
        resumed.append(bool(connection.session_reused))
        connection.sendall(connection.recv(9))
        assert ended(connection) in ("clean", "truncated")

    origin: Origin = network.origin
    origin.serve(note, context)  # type: ignore[arg-type]  # over TLS it gets no other
    return resumed


def closed(proxy: RunningProxy) -> int:
    return sum(record["name"] == "RT_FLOW_SESSION_CLOSE" for record in proxy.all_records())
