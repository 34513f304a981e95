"""Downloads: bounded in size, time and redirections, whatever the server does."""

import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nf.dataplane.download import DownloadError, download, patience
from tests.helpers.http_server import HttpServer, answer, serving
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.running_proxy import free_port

MOST = 1000
CONTEXT = ssl.create_default_context()


def elsewhere(location: str, status: str = "302 Found") -> bytes:
    return answer(b"", status, f"Location: {location}")


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"100\r\n" + b"x" * 256 + b"\r\n")


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        time.sleep(0.01)
        connection.sendall(b"x")


def never_final(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    answers = {
        "/list": answer(b"a list"), "/list?a=b": answer(b"asked"), "/moved": elsewhere("list"), "/full": answer(b"x" * MOST),
        "/too-full": answer(b"x" * (MOST + 1)), "/round": elsewhere("/round"), "/file": elsewhere("file:///etc/passwd"),
        "/ftp": elsewhere("ftp://localhost/x"), "/nowhere": elsewhere("", "302 Found"),
        "/bad-port": elsewhere("http://localhost:99999/"), "/cut": answer(b"x" * 500)[:-100], "/noise": b"\x00\xff\r\n\r\n",
        "/silent": b"", "/long": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000 + b"\r\n\r\n",
        "/crowd": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        "/endless": endless, "/drip": drip, "/never-final": never_final}
    with serving(answers) as running:
        yield running


@pytest.mark.parametrize(("path", "body"), [
    ("/list", b"a list"), ("/list?a=b", b"asked"), ("/moved", b"a list"), ("/full", b"x" * MOST)])
def test_what_is_there(server: HttpServer, path: str, body: bytes) -> None:
    assert download(server.url + path, MOST, CONTEXT) == body


@pytest.mark.parametrize(("path", "said"), [
    ("/missing", "HTTP status 404"), ("/too-full", "more than 1000 bytes"), ("/endless", "more than 1000 bytes"),
    ("/round", "more than 3 redirections"), ("/file", "redirection to file, expected http or https"),
    ("/ftp", "redirection to ftp"), ("/nowhere", "more than 3 redirections"),
    ("/bad-port", "out of range"), ("/cut", "ended 100 bytes too early"), ("/noise", "\\x00"), ("/silent", "without response"),
    ("/long", "more than 65536 bytes"), ("/crowd", "more than 100 headers")])
def test_what_is_not(server: HttpServer, path: str, said: str) -> None:
    with pytest.raises(DownloadError) as caught:
        download(server.url + path, MOST, CONTEXT)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", ["/drip", "/never-final"])
def test_a_server_that_takes_its_time(server: HttpServer, path: str) -> None:
    with pytest.raises(DownloadError, match="took too long"), patience(0.2):
        download(server.url + path, MOST, CONTEXT)


def test_nobody_there() -> None:
    with pytest.raises(DownloadError, match="Connection refused"):
        download(f"http://127.0.0.1:{free_port()}/", MOST, CONTEXT)


def test_https_is_authenticated(tmp_path: Path) -> None:
    pki = LoopbackPki(tmp_path)
    pki.add("here", "127.0.0.1", "localhost")
    trusting = ssl.create_default_context(cafile=str(pki.origin_root))
    with serving({"/list": answer(b"a list")}, pki.origin_context("here")) as server:
        url = server.url.replace("127.0.0.1", "localhost") + "/list"
        assert download(url, MOST, trusting) == b"a list"
        with pytest.raises(DownloadError, match="certificate of the server: "):
            download(url, MOST, CONTEXT)
