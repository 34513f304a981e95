"""Many sessions against a real TLS server: each is answered, or lost and counted by how far it got."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from scenarios import sessions
from scenarios.certificates import LAB_ROOT, lab_pki

NAME = "www.example.test"


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.ports.append(self.client_address[1])
        self.send_response(200 if self.path == "/hello" else 404)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *words: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Takes `room` connections at a time, and closes others unseen."""

    daemon_threads = True
    room = 100

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.context, self.open, self.ports = context, 0, []

    def process_request(self, request: Any, client_address: Any) -> None:
        if self.open >= self.room:
            return request.close()
        self.open += 1
        return super().process_request(request, client_address)

    def finish_request(self, request: Any, client_address: Any) -> None:
        with self.context.wrap_socket(request, server_side=True) as tls:
            super().finish_request(tls, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open -= 1
        request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that does not go on is the client's affair."""


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("pki")
    made = lab_pki(datetime.now(UTC))
    made.leaf(NAME, "good").write(directory / "leaf")
    (directory / "root.pem").write_bytes(made.root.certificate_pem())
    (directory / "other.pem").write_bytes(made.stranger.certificate_pem())
    return directory


@pytest.fixture
def server(pki: Path) -> Iterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki / "leaf.crt", pki / "leaf.key")
    with Server(context) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


Ran = Callable[..., tuple[int, dict[str, str]]]


@pytest.fixture
def ran(capsys: pytest.CaptureFixture[str], server: Server, pki: Path) -> Ran:
    """Run the program against the server: its exit status, and what it says."""

    def run(*words: str, anchors: str = "root.pem", path: str = "/hello") -> tuple[int, dict[str, str]]:
        status = sessions.main(["127.0.0.1", NAME, path, "--port", str(server.server_address[1]),
                                "--anchors", str(pki / anchors), *words])
        return status, json.loads(capsys.readouterr().out)

    return run


def test_every_session_is_answered(ran: Ran, server: Server, tmp_path: Path) -> None:
    status, said = ran("--count", "9", "--at-once", "3", "--output", str(tmp_path / "body"))
    assert status == 0
    assert (said["text"], said["error"]) == ("9 of 9 sessions answered", "")
    assert (said["issuer"], said["tls"]) == (f"CN={LAB_ROOT}", "TLSv1.3")
    assert (tmp_path / "body").read_bytes() == b"hello"
    assert len(set(server.ports)) == 9


def test_ports_are_those_of_the_seed_that_are_free(ran: Ran, server: Server, tmp_path: Path) -> None:
    assert ran("--count", "3", "--at-once", "1", "--seed", str(tmp_path))[0] == 0
    assert ran("--count", "3", "--at-once", "1", "--seed", str(tmp_path))[0] == 0
    drawn = list(islice(sessions.source_ports(str(tmp_path)), 20))
    assert set(server.ports) <= set(drawn)
    assert drawn != list(islice(sessions.source_ports("another"), 20))


def test_held_sessions_fill_the_room_and_go_on(ran: Ran, server: Server) -> None:
    server.room = 3
    status, said = ran("--count", "5", "--hold")
    assert status == 1
    assert said["text"] == "3 of 5 sessions answered, 2 lost in the TLS handshake"
    assert said["error"].startswith(said["text"] + ": ")
    assert len(server.ports) == 2 * 3


@pytest.mark.parametrize(("anchors", "path", "lost"), [
    ("other.pem", "/hello", "0 of 2 sessions answered, 2 lost in the TLS handshake"),
    ("root.pem", "/gone", "0 of 2 sessions answered, 2 lost on request"),
])
def test_lost_is_told_by_how_far_it_got(ran: Ran, anchors: str, path: str, lost: str) -> None:
    status, said = ran("--count", "2", anchors=anchors, path=path)
    assert (status, said["text"]) == (1, lost)
    assert said["error"]


def test_who_does_not_verify_is_answered(ran: Ran) -> None:
    status, said = ran("--insecure", "--tls-max", "1.2", anchors="other.pem")
    assert (status, said["tls"]) == (0, "TLSv1.2")


def test_nobody_at_home_is_lost_on_connecting(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert sessions.main(["127.0.0.1", NAME, "/hello", "--port", str(port)]) == 1
    assert json.loads(capsys.readouterr().out)["text"] == "0 of 1 sessions answered, 1 lost on connecting"
