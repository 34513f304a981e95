"""`srxnf proxy` between programs of other people: the data plane's loopback network, and an origin with one page."""

import os
import shutil
import socket

import pytest

from tests.dataplane.conftest import network, pki, shared
from tests.helpers.loopback_network import Network

__all__ = ["network", "pki", "shared"]
# Large programs: where the machine lacks one, its tests are no part of them, except where tests run for everybody.
_LARGE = {"test_firefox.py": "firefox-esr", "test_go.py": "go"}
collect_ignore = [test for test, program in _LARGE.items() if shutil.which(program) is None and not os.environ.get("CI")]
PAGE = b"<html><body><p>as served</p></body></html>"


def answer(at: socket.socket) -> None:
    """HTTP/1.1, one page, until the client leaves."""
    asked = b""
    while data := at.recv(4096):
        asked += data
        while b"\r\n\r\n" in asked:
            request, _, asked = asked.partition(b"\r\n\r\n")
            at.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE))
            if b"Connection: close" in request:
                return


@pytest.fixture
def site(network: Network) -> Network:
    """The network with the page as its origin."""
    network.origin.serve(answer, network.pki.origin_context("good", "http/1.1"))
    return network
