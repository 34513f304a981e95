"""Intrusion detection in the real proxy: attacks inside TLS end both connections, whatever they come in."""

import gzip
import signal
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import DEADLINE, Origin, ended
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until
from tests.services.idp.carriers import EICAR

IDP = """idp {
    idp-policy P { rulebase-ips {
        rule own { match { attacks { predefined-attack-groups [ WEB:SQL WEB:CONTENT ]; } }
                   then { action { close-client-and-server; } notification { log-attacks; } } }
        rule odd { match { attacks { custom-attacks ODD; } }
                   then { action { no-action; } ip-action { ip-close; target zone-service; timeout 600; } } } } }
    custom-attack ODD { attack-type { signature { context http-url; pattern "/odd$"; } } } }
    policies {"""
ASKING = CONFIGURATION.replace("policies {", IDP, 1).replace("ssl-proxy {", "idp-policy P; ssl-proxy {", 1)
HEAD = b"GET /x HTTP/1.1\r\nHost: www.example.test\r\n\r\n"
POSTED = (b"POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
          b"Content-Type: application/x-www-form-urlencoded\r\n\r\n")
PACKED = gzip.compress(EICAR.encode())


@pytest.fixture
def network(tmp_path: Path, pki: LoopbackPki) -> Iterator[Network]:
    origin = Origin()
    origin.serve(_answer, pki.origin_context())
    try:
        with RunningProxy(tmp_path, pki, origin.address, configuration=ASKING) as proxy:
            yield Network(pki, origin, proxy)
    finally:
        origin.close()


def _answer(connection: socket.socket) -> None:
    """A page, or a virus test file, compressed and in chunks, for `/eicar`; what came is kept."""
    received = b""
    while data := connection.recv(65536):
        received += data
        if received.endswith(b"\r\n\r\n") or b"end" in data:
            body = PACKED if b"/eicar" in received else b"hello"
            coding = b"Content-Encoding: gzip\r\n" if body is PACKED else b""
            chunks = b"".join(b"1\r\n" + bytes((byte,)) + b"\r\n" for byte in body) + b"0\r\n\r\n"
            connection.sendall(b"HTTP/1.1 200 OK\r\n" + coding + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)


def attacks(network: Network, ends: tuple[str, int]) -> list[str]:
    """What the log says of a client's session, once it is over."""
    until(lambda: network.proxy.records("RT_FLOW_SESSION_CLOSE", ends), "the session is over")
    return [record["attack-name"] for record in network.proxy.records("IDP_ATTACK_LOG_EVENT", ends)]


def test_what_is_no_attack_passes(network: Network) -> None:
    with network.client() as client:
        client.settimeout(DEADLINE)
        client.sendall(HEAD)
        assert client.recv(4096).startswith(b"HTTP/1.1 200 OK")
        ends = client.getsockname()
    assert attacks(network, ends) == []


@pytest.mark.parametrize(("message", "attack"), [
    (HEAD.replace(b"/x", b"/x?id=1%27+UNION/**/SELECT+1,2"), "WEB:SQL:UNION-SELECT"),
    (POSTED + b"6\r\na=1%27\r\n8\r\n%3bDROP+\r\n9\r\ntable%20u\r\n", "WEB:SQL:STACKED"),
    (HEAD.replace(b"/x", b"/eicar"), "WEB:CONTENT:EICAR")])
@pytest.mark.parametrize("width", [1, 7, 4096])
def test_an_attack_ends_both_connections(network: Network, message: bytes, attack: str, width: int) -> None:
    client = network.client()
    ends = client.getsockname()
    try:
        for at in range(0, len(message), width):
            client.sendall(message[at:at + width])
    except OSError:
        pass  # the proxy was faster
    assert ended(client) == "reset"
    client.close()
    assert attacks(network, ends) == [attack]
    close = network.proxy.record("RT_FLOW_SESSION_CLOSE", ends)
    assert close["reason"] == "application failure or action"


def test_an_ip_action_is_known_to_every_worker(network: Network) -> None:
    with network.client() as client:
        client.sendall(HEAD.replace(b"/x", b"/odd"))
        assert client.recv(4096).startswith(b"HTTP/1.1 200 OK")

    def refused() -> bool:
        try:
            network.client().close()
        except OSError:
            return True
        return False

    assert all(until(refused, "later sessions are closed") for _ in range(6))


def test_a_reload_reads_rule_files_that_have_changed(tmp_path: Path, pki: LoopbackPki) -> None:
    rules, origin = tmp_path / "lab.rules", Origin()
    rules.write_text("")
    origin.serve(_answer, pki.origin_context())
    policy = f"idp {{ idp-policy P {{ apply-macro srxnf {{ rules {rules}; }} }} }} policies {{"
    configuration = ASKING.replace(IDP, policy)
    with RunningProxy(tmp_path, pki, origin.address, configuration=configuration) as proxy:
        network = Network(pki, origin, proxy)

        def passes() -> bool:
            client = network.client()
            client.settimeout(DEADLINE)
            client.sendall(HEAD)
            try:
                return client.recv(9) == b"HTTP/1.1 "
            except (ConnectionResetError, ssl.SSLEOFError):
                return False
            finally:
                client.close()

        assert passes()
        rules.write_text('reject http any any -> any any (flow:to_server; http.uri; content:"/x"; sid:1;)\n'
                         'drop http any any -> any any (lua:odd; sid:2;)\n')
        proxy.process.send_signal(signal.SIGHUP)
        until(lambda: "srxnf: reloaded" in proxy.stderr, "the reload")
        assert f"warning: {rules}:2: sid 2: 'lua': this keyword is not supported" in proxy.stderr
        assert not passes()
        rules.unlink()
        proxy.process.send_signal(signal.SIGHUP)
        until(lambda: "not reloaded" in proxy.stderr, "a file that is not there")
        assert f"rule file {rules}: No such file" in proxy.stderr
        assert not passes()
    origin.close()
