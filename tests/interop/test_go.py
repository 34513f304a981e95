"""Go's TLS on both sides of the proxy, where the machine has Go: HTTP/2, either TLS version, resumed at the second time."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import LOOPBACK
from tests.helpers.running_proxy import RunningProxy
from tests.interop import servers

CODES = {"1.2": "303", "1.3": "304"}
SOURCE = Path(__file__).with_name("peer.go")


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program; nothing is fetched to build it."""
    place = tmp_path_factory.mktemp("go")
    alone = {"GOCACHE": str(place / "cache"), "GO111MODULE": "off", "GOPROXY": "off", "GOTOOLCHAIN": "local"}
    subprocess.run(["go", "build", "-o", str(place / "peer"), str(SOURCE)], check=True, timeout=200,
                   env={**os.environ, **alone})
    return place / "peer"


@pytest.fixture(params=CODES)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def served(peer: Path, pki: LoopbackPki, tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch,
           ) -> Iterator[RunningProxy]:
    """The proxy before Go's server."""
    monkeypatch.setitem(servers.SERVERS, "go", (_serve(peer), "2"))
    with servers.running("go", tmp_path, pki, version) as address, RunningProxy(tmp_path, pki, address, workers=1) as proxy:
        yield proxy


def _serve(peer: Path) -> servers.Command:
    return lambda _, pki, port, version: [str(peer), "serve", f"{LOOPBACK}:{port}", version,
                                          str(pki.directory / "good.pem"), servers.BODY]


def ask(peer: Path, proxy: RunningProxy, version: str, roots: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([str(peer), "ask", "{}:{}".format(*proxy.address), NAME, version, str(roots)],
                          capture_output=True, text=True, timeout=30, check=False)


def test_the_page_arrives_twice(peer: Path, served: RunningProxy, pki: LoopbackPki, version: str) -> None:
    done = ask(peer, served, version, pki.proxy_root)
    said = f"HTTP/2.0 {CODES[version]}"
    assert done.stdout.splitlines() == [f"{said} false {servers.BODY}", f"{said} true {servers.BODY}"], done.stderr
    assert served.end() == 0
    assert "Traceback" not in served.stderr


def test_it_refuses_a_ca_that_it_does_not_know(peer: Path, served: RunningProxy, pki: LoopbackPki, version: str) -> None:
    done = ask(peer, served, version, pki.origin_root)
    assert done.returncode == 1
    assert "x509: certificate signed by unknown authority" in done.stderr
