"""What curl and nginx say to each other, read off the wire between them."""

import gzip
import hashlib
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from hwmodel.session import Direction
from nf.protocols.conversation import Conversation
from nf.protocols.items import Item, Request, Response
from tests.helpers.origin import LOOPBACK
from tests.helpers.waiting import until
from tests.protocols.reading import C2S, S2C, content, kinds, of

NGINX = """daemon off; master_process off; pid {site}/pid; error_log {site}/error.log;
events {{}}
http {{ access_log off; client_body_temp_path {site}/body; proxy_temp_path {site}/p; fastcgi_temp_path {site}/f;
  uwsgi_temp_path {site}/u; scgi_temp_path {site}/s; gzip on; gzip_min_length 1;
  types {{ text/html txt; }}
  server {{ listen unix:{site}/one; root {site}; }} server {{ listen unix:{site}/two http2; root {site}; }} }}
"""
FILES = {f"{number}.txt": hashlib.shake_128(bytes([number])).hexdigest(9000 * number).encode() for number in range(1, 6)}


class Wire:
    """Connections to `port` go on to a unix socket; each is a conversation, whose items are kept."""

    def __init__(self, target: Path) -> None:
        self._target, self._lock = str(target), threading.Lock()
        self.items = list[list[Item]]()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._target)
                conversation, items = Conversation(), list[Item]()
                self.items.append(items)
                for source, sink, way in ((near, far, C2S), (far, near, S2C)):
                    threading.Thread(target=self._carry, args=(source, sink, way, conversation, items), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, way: Direction, conversation: Conversation,
               items: list[Item]) -> None:
        with suppress(OSError):
            while data := source.recv(3000):
                with self._lock:
                    items += conversation.read(way, data)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def wire(site: Path, name: str) -> Iterator[Wire]:
    """A running nginx, and the way to it."""
    for file, data in FILES.items():
        (site / file).write_bytes(data)
    (site / "nginx.conf").write_text(NGINX.format(site=site))
    nginx = subprocess.Popen(["nginx", "-e", site / "error.log", "-p", site, "-c", site / "nginx.conf"])
    try:
        until((site / name).exists, "nginx listens")
        between = Wire(site / name)
        yield between
        between.close()
    finally:
        nginx.terminate()
        nginx.wait()


@pytest.mark.parametrize(("socket_name", "option", "version"), [
    ("one", "--http1.1", "1.1"), ("two", "--http2-prior-knowledge", "2")])
def test_files_that_curl_fetches_from_nginx(tmp_path: Path, socket_name: str, option: str, version: str) -> None:
    with wire(tmp_path, socket_name) as between:
        for file in FILES:  # one by one: curl 7.88 may not use a connection twice with prior knowledge
            url = f"http://{LOOPBACK}:{between.port}/{file}"
            subprocess.run(["curl", "-sS", "-o", "/dev/null", "--compressed", option, url], check=True, timeout=60)
    found = {}
    for items in between.items:
        assert not kinds(items)
        for response in of(Response, items):
            assert (response.version, response.status) == (version, 200)
            assert dict(response.headers)["content-encoding"] == "gzip"
            found[response.request.path[1:]] = content(items, response.exchange, S2C)
    assert found == FILES
    assert {request.host for items in between.items for request in of(Request, items)} == {LOOPBACK}


def test_what_curl_uploads_in_a_form_is_a_file(tmp_path: Path) -> None:
    upload = tmp_path / "upload.bin"
    upload.write_bytes(gzip.compress(b"x" * 1000))
    with wire(tmp_path, "one") as between:
        subprocess.run(["curl", "-sS", "-o", "/dev/null", "-F", f"file=@{upload};filename=evil name.exe", "-F", "a=b",
                        f"http://{LOOPBACK}:{between.port}/"], check=True, timeout=60)
    (items,) = between.items
    part = next(item for item in items if getattr(item, "name", ""))
    assert (part.name, content(items, part.exchange, C2S)) == ("evil name.exe", upload.read_bytes())
