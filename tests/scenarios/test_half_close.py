"""A client that ends its direction first and a server that waits for it, on the loopback."""

import json
import socket
import ssl
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scenarios import half_close
from scenarios.certificates import LAB_ROOT, lab_pki

NAME = "a.example.test"
CONTENT = bytes(range(256)) * 1024


class Site:
    """One file and a server's certificate."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.anchors, self.output = directory, directory / "lab.pem", directory / "output"
        (directory / "file").write_bytes(CONTENT)
        pki = lab_pki(datetime.now(UTC))
        self.anchors.write_bytes(pki.root.certificate_pem())
        pki.leaf(NAME, "good").write(directory / "leaf")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(directory / "leaf.crt", directory / "leaf.key")

    def served(self, context: ssl.SSLContext | None) -> int:
        """A port where one client is attended."""
        listener = socket.create_server(("127.0.0.1", 0))

        def attend_one() -> None:
            client, _ = listener.accept()
            with listener:
                half_close._attend(client, self.directory, context)

        threading.Thread(target=attend_one, daemon=True).start()
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.mark.parametrize("tls", [True, False])
def test_the_answer_comes_behind_the_end(site: Site, tls: bool, capsys: pytest.CaptureFixture[str]) -> None:
    port = site.served(site.context if tls else None)
    anchors = [str(site.anchors)] * tls
    assert half_close.main("ask", "127.0.0.1", NAME, str(port), "/file", str(site.output), "5", *anchors) == 0
    said = json.loads(capsys.readouterr().out)
    assert site.output.read_bytes() == CONTENT
    assert (said["text"], said.get("issuer")) == ("HTTP/1.1 200 OK", f"CN={LAB_ROOT}" if tls else None)


def test_a_fin_alone_is_no_end_within_tls(site: Site) -> None:
    context = ssl.create_default_context(cafile=site.anchors)
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    with socket.create_connection(("127.0.0.1", site.served(site.context)), 5) as plain, \
            context.wrap_socket(plain, server_hostname=NAME, suppress_ragged_eofs=False) as client:
        client.sendall(b"GET /file HTTP/1.1\r\n\r\n")
        socket.socket.shutdown(client, socket.SHUT_WR)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            client.recv(1)


def test_a_server_that_cannot_be_reached_is_told(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert half_close.main("ask", "127.0.0.1", NAME, str(port), "/file", str(site.output), "5") == 1
    assert "refused" in json.loads(capsys.readouterr().out)["error"]
