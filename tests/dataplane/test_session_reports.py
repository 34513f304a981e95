"""What real sessions make the SSL proxy warn of, and what a bug makes it say."""

import contextlib
import socket
import ssl
import struct
from collections.abc import Iterator

import pytest

from hwmodel.session import Direction, FiveTuple
from nf.dataplane.connection import Connection
from nf.dataplane.loop import Loop
from nf.dataplane.messages import Closed
from nf.dataplane.wiring import FixedWiring
from nf.flow.entry import SessionEntry
from nf.inspection.inspection import Inspection
from nf.inspection.passage import Passage
from nf.log.records import ApplicationFacts, LogRecord, Volume
from nf.policy.zones import Interface
from nf.services import Opinion, Piece
from nf.sslproxy.plan import Plan
from tests.helpers.loopback_network import Network
from tests.helpers.waiting import until
from tests.inspection.services import Reader, Silent
from tests.services.attachments import FACTS, POLICY
from tests.sslproxy.playbook import PROFILE

WARNING = "SSL_PROXY_WARNING"


def cut_off(connection: socket.socket) -> None:
    """Answer, and end without close_notify."""
    connection.recv(4096)
    connection.sendall(b"half an answer")
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(4096):
        pass  # what the client still says, beneath its TLS


@pytest.mark.parametrize("asked", [b"GET / HTTP/1.1\r\n\r\n", b"NOOP"])
def test_a_server_that_cuts_its_tls_off(network: Network, asked: bytes) -> None:
    network.origin.serve(cut_off, network.pki.origin_context())
    with network.client() as client:
        peer = client.getsockname()
        client.sendall(asked)
        assert client.recv(64) == b"half an answer"
        with pytest.raises(ssl.SSLError, match=r"EOF|eof"):
            client.recv(64)
    record = network.proxy.record(WARNING, peer)
    assert record["message"] == "openssl error: server closed the connection without close_notify"


def test_an_end_with_close_notify_is_not_warned_of(network: Network) -> None:
    with network.client() as client:
        peer = client.getsockname()
        client.sendall(b"hello")
        assert client.recv(9) == b"hello"
        client.unwrap().close()
    network.proxy.record("RT_FLOW_SESSION_CLOSE", peer)
    assert network.proxy.records(WARNING, peer) == []


def test_a_client_that_names_no_server(network: Network) -> None:
    context = network.pki.client_context()
    context.check_hostname = False
    with context.wrap_socket(network.proxy.connect()) as client:
        record = network.proxy.record(WARNING, client)
        assert record["message"] == "certificate error: hostname not checked, client sent no server name"
        assert record["profile-name"] == "fp"


def test_a_session_that_is_over_before_it_is_known_as_no_ssl(network: Network) -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(connection.recv(64))

    network.origin.serve(answer)
    with network.proxy.connect() as client:
        peer = client.getsockname()
        client.sendall(b"QUIT\r\n")
        assert until(lambda: client.recv(64), "an answer") == b"QUIT\r\n"
    message = network.proxy.record(WARNING, peer)["message"]
    assert message == "system: session ended before it was known whether it is SSL"
    assert network.proxy.records("SSL_PROXY_SESSION_IGNORE", peer) == []


class Faulty(Inspection):
    """A bug in the proxy itself."""

    def receive(self, direction: Direction, data: bytes, now: float = 0.0) -> Passage:
        raise ZeroDivisionError(data)


class Failing(Silent):
    """A service with a bug."""

    def inspect(self, piece: Piece) -> Opinion:
        raise ZeroDivisionError(piece.data)


class Host:
    """The worker that a connection lives in, with one session."""

    def __init__(self, wiring: FixedWiring) -> None:
        self.loop, self.wiring, self.mirrors = Loop(), wiring, None
        self.records: list[LogRecord] = []
        self.summaries: list[Closed] = []

    def log(self, records: tuple[LogRecord, ...]) -> None:
        self.records += records

    def closed(self, connection: Connection, summary: Closed) -> None:
        self.summaries.append(summary)
        self.loop.stop()


@contextlib.contextmanager
def beginning(inspection: Inspection) -> Iterator[tuple[Host, Connection, socket.socket, socket.socket]]:
    """A host with a session of this inspection that is about to begin, its client, and who listens for it."""
    with socket.create_server(("127.0.0.1", 0)) as origin, socket.create_server(("127.0.0.1", 0)) as listener, \
            socket.create_connection(listener.getsockname()) as client:
        accepted, peer = listener.accept()
        accepted.setblocking(False)
        inside, outside = Interface("ge-0/0/0.0"), Interface("ge-0/0/1.0")
        host = Host(FixedWiring(listener.getsockname(), origin.getsockname(), inside, outside))
        flow = FiveTuple(FACTS.five_tuple.src, peer[1], FACTS.five_tuple.dst, 443)
        entry = SessionEntry(flow, POLICY, outside, FACTS, Plan(FACTS, PROFILE), inspection)
        yield host, Connection(host, entry, accepted), client, origin


def dropped(inspection: Inspection) -> Host:
    """A host with a session of this inspection, once that has ended by its first data."""
    with beginning(inspection) as (host, connection, client, _):
        connection.start()
        client.sendall(b"QUIT\r\n")
        host.loop.run()
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(9) == b""
    return host


def test_a_client_that_resets_before_anything_reaches_no_server() -> None:
    with beginning(Inspection(())) as (host, connection, client, origin):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        connection.start()
        assert [(one.outcome, one.reason) for one in host.summaries] == [("unfinished", "undetermined")]
        origin.setblocking(False)
        with pytest.raises(BlockingIOError):
            origin.accept()


def test_what_a_session_has_carried_is_told_when_a_service_wants_it_and_again() -> None:
    told: list[Volume] = []

    class Telling(Silent):
        next_update = 0.0

        def update(self, application: ApplicationFacts, volume: Volume) -> tuple[LogRecord, ...]:
            told.append(volume)
            self.next_update = 0.1 if len(told) == 1 else None
            if len(told) == 2:
                host.loop.stop()
            return ()

    with beginning(Inspection((Telling(),))) as (host, connection, _, _):
        connection.start()
        host.loop.run()
        assert [volume.elapsed_seconds for volume in told] == [0, 0]
        assert connection.news() is None  # it lives on
        connection.abandon()
    assert [one.outcome for one in host.summaries] == ["unfinished"]


def test_a_bug_in_a_session_is_logged_as_the_proxys_error(capsys: pytest.CaptureFixture[str]) -> None:
    host = dropped(Faulty((Reader(),)))
    assert [record.name for record in host.records] == ["SSL_PROXY_ERROR", "SSL_PROXY_SSL_SESSION_DROP"]
    assert {dict(record.fields)["message"] for record in host.records} == {"system: internal error"}
    assert [(one.outcome, one.reason) for one in host.summaries] == [("dropped", "internal-error")]
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_bug_in_a_service_takes_its_fallback(capsys: pytest.CaptureFixture[str]) -> None:
    host = dropped(Inspection((Failing(),)))
    assert [dict(record.fields)["message"] for record in host.records] == [
        "system: session blocked by a security service: service has failed"]
    assert [(one.outcome, one.reason) for one in host.summaries] == [("dropped", "blocked-by-service")]
    assert "ZeroDivisionError" in capsys.readouterr().err
