"""Authentication after the handshake (TLS 1.3): SSL-I does not offer it, SSL-T does not ask for it, and sessions go on."""

import subprocess
from pathlib import Path

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import NAME, LoopbackPki
from tests.helpers.origin import LOOPBACK
from tests.helpers.running_proxy import RunningProxy, free_port
from tests.helpers.waiting import until


def test_a_server_that_wants_to_ask_later(pki: LoopbackPki, tmp_path: Path) -> None:
    """`c` is s_server's command for it; what it reads beside its commands it sends."""
    port, pem, said = free_port(), str(pki.directory / "good.pem"), tmp_path / "said"
    with said.open("wb") as out, subprocess.Popen(
            ["openssl", "s_server", "-accept", f"{LOOPBACK}:{port}", "-cert", pem, "-tls1_3", "-naccept", "1"],
            stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT) as server:
        until(lambda: b"ACCEPT" in said.read_bytes(), "it accepts")
        assert server.stdin is not None
        with (RunningProxy(tmp_path, pki, (LOOPBACK, port), workers=1) as proxy,
              Network(pki, None, proxy).client() as client):  # type: ignore[arg-type]
            server.stdin.write(b"c\n")
            server.stdin.flush()
            until(lambda: b"extension not received" in said.read_bytes(), "it is told that this cannot be")
            server.stdin.write(b"from the server\n")
            server.stdin.flush()
            assert client.recv(99) == b"from the server\n"
            client.sendall(b"from the client\n")
            until(lambda: b"from the client\n" in said.read_bytes(), "and goes on")
        server.kill()


def test_a_client_that_could_be_asked_later(network: Network) -> None:
    pem = str(network.pki.directory / "good.pem")
    with subprocess.Popen(
            ["openssl", "s_client", "-connect", f"{LOOPBACK}:{network.proxy.address[1]}", "-servername", NAME, "-enable_pha",
             "-cert", pem, "-key", pem, "-CAfile", str(network.pki.proxy_root), "-verify_return_error", "-quiet"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as client:
        assert client.stdin is not None
        assert client.stdout is not None
        client.stdin.write(b"hello\n")
        client.stdin.flush()
        assert client.stdout.readline() == b"hello\n"
        client.kill()
