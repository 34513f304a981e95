"""SIGHUP: another configuration for new sessions, while the old ones go on; workers that hang are ended."""

import os
import shutil
import signal
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.loopback_network import Network
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.helpers.waiting import until

DENY = CONFIGURATION.replace("permit { application-services { ssl-proxy { profile-name fp; } } }", "deny;")


@pytest.fixture
def own(network: Network, tmp_path: Path) -> Iterator[Network]:
    with RunningProxy(tmp_path, network.pki, network.origin.address, workers=2) as proxy:
        yield Network(network.pki, network.origin, proxy)


def reload(own: Network, configuration: str) -> str:
    """What the proxy says once it has read this."""
    own.proxy.said.with_name("srx.conf").write_text(configuration, encoding="utf-8")
    before = len(own.proxy.stderr)
    own.proxy.process.send_signal(signal.SIGHUP)
    return until(lambda: own.proxy.stderr[before:].endswith("\n") and own.proxy.stderr[before:], "a word on the reload")


def echoed(client: ssl.SSLSocket, word: bytes) -> bytes:
    client.sendall(word)
    return client.recv(len(word))


def test_old_sessions_go_on_and_new_ones_follow_the_new_configuration(own: Network) -> None:
    old, before = own.client(), pids(own)
    assert echoed(old, b"before") == b"before"
    assert "srxnf: reloaded" in reload(own, DENY)
    for _ in range(4):
        with own.proxy.connect() as refused:
            assert until(lambda refused=refused: ended(refused), "the denied session's end")
    assert echoed(old, b"after") == b"after"
    assert pids(own).isdisjoint(before)
    old.unwrap().close()
    until(lambda: not any(alive(pid) for pid in before), "the old workers' end")
    assert "Traceback" not in own.proxy.stderr


def test_a_wrong_configuration_changes_nothing(own: Network) -> None:
    said = reload(own, CONFIGURATION.replace("security-zone untrust", "security-zone untrusted"))
    assert "srx.conf:" in said
    assert "not reloaded" in said
    with own.client() as client:
        assert echoed(client, b"hello") == b"hello"


def test_the_same_configuration_renews_nothing(own: Network) -> None:
    before = own.proxy.workers()
    assert "the same as before" in reload(own, CONFIGURATION)
    assert own.proxy.workers() == before


def test_a_ticket_from_before_does_not_resume_after(own: Network) -> None:
    context = own.pki.client_context(highest=ssl.TLSVersion.TLSv1_2)
    with own.client(context) as client:
        assert echoed(client, b"hello") == b"hello"
        session = client.session
    reload(own, CONFIGURATION + "system { time-zone UTC; }")
    with own.pki.client_context(highest=ssl.TLSVersion.TLSv1_2).wrap_socket(
            own.proxy.connect(), server_hostname="www.example.test") as other:
        assert echoed(other, b"hello") == b"hello"
    with context.wrap_socket(own.proxy.connect(), server_hostname="www.example.test", session=session) as again:
        assert echoed(again, b"hello") == b"hello"
        assert not again.session_reused


def test_a_worker_that_is_stopped_is_ended_and_replaced(own: Network) -> None:
    stopped = min(pids(own))
    os.kill(stopped, signal.SIGSTOP)
    until(lambda: "does not answer and is ended" in own.proxy.stderr, "a word on the worker that hangs")
    until(lambda: stopped not in pids(own) and len(pids(own)) == 2, "its successor")
    for _ in range(8):
        with own.client() as client:
            assert echoed(client, b"hello") == b"hello"


def pids(own: Network) -> set[int]:
    return set(own.proxy.workers().values())


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ended(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_new_crl_is_judged_by_without_a_word(network: Network, tmp_path: Path) -> None:
    directory = tmp_path / "pki"
    shutil.copytree(network.pki.directory / "pki", directory)
    with RunningProxy(tmp_path, network.pki, network.origin.address, workers=1, pki_directory=directory) as proxy:
        own = Network(network.pki, network.origin, proxy)
        with own.client() as client:
            assert echoed(client, b"hello") == b"hello"
        (directory / "ca" / "lab-root.crt").touch()
        (directory / "crl").mkdir(exist_ok=True)
        (directory / "crl" / "lab-root.crl").write_bytes(b"half a li")
        until(lambda: "the CRLs from before stay in use" in proxy.stderr, "a word on the damaged CRL")
        assert served(own)
        assert "CRLs have been read again" not in proxy.stderr
        (directory / "crl" / "lab-root.crl").write_bytes(network.pki.crl("good"))
        until(lambda: "CRLs have been read again" in proxy.stderr, "a word on the CRL")
        until(lambda: not served(own), "the revoked server's refusal")
        until(lambda: any("revo" in record.get("message", "") for record in proxy.all_records()), "a word on the revocation")


def served(own: Network) -> bool:
    try:
        with own.client() as client:
            return echoed(client, b"hello") == b"hello"
    except ssl.SSLError:
        return False
