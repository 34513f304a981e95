"""What a failed TLS end says: who ended it, and how, out of real failures."""

import errno
import socket
from collections.abc import Iterator

import pytest
from OpenSSL import SSL

from nf.tls.alerts import fatal
from nf.tls.failure import FailureKind, TlsFailure, describe
from nf.tls.initiation import Initiation
from tests.tls.ends import SETTINGS, accepting, connecting, origin_context, shake

INITIATION = Initiation(SETTINGS)
ALERTS = {10, 20, 22, *range(40, 52), 70, 71, 80, 86, 90, 109, 110, 112, 113, 115, 116, 120}  # RFC 8446 §6 and before


@pytest.fixture
def ends() -> Iterator[tuple[SSL.Connection, socket.socket]]:
    """A client that has sent its hello over a real socket, and the peer's end of it."""
    near, far = socket.socketpair()
    with near, far:
        near.setblocking(False)
        client = INITIATION.prepare(near, "a.test", (), True)
        with pytest.raises(SSL.WantReadError):
            client.do_handshake()
        yield client, far


def failure(client: SSL.Connection) -> TlsFailure:
    with pytest.raises((SSL.Error, OSError)) as caught:
        client.do_handshake()
    return describe(caught.value)


def after_alert(description: int) -> TlsFailure:
    client = INITIATION.prepare(None, "a.test", (), True)
    with pytest.raises(SSL.WantReadError):
        client.do_handshake()
    client.bio_write(fatal(description))
    return failure(client)


@pytest.mark.parametrize("description", sorted(ALERTS))
def test_a_peers_alert_is_one_whatever_openssl_calls_it(description: int) -> None:
    found = after_alert(description)
    assert found.kind is FailureKind.ALERT
    assert found.alert == description
    assert found.text
    assert "\n" not in found.text


def test_a_step_after_a_failure_finds_no_fault_of_its_own(ends: tuple[SSL.Connection, socket.socket]) -> None:
    client, far = ends
    far.sendall(fatal(40))
    assert failure(client).alert == 40
    assert failure(client).kind is FailureKind.RESET


def test_an_alert_says_which() -> None:
    assert "handshake failure" in after_alert(40).text
    assert "unknown ca" in after_alert(48).text
    assert "unrecognized name" in after_alert(112).text


@pytest.mark.parametrize("description", [1, 99, 255])
def test_an_alert_without_a_name_is_one_all_the_same(description: int) -> None:
    assert after_alert(description) == TlsFailure(FailureKind.ALERT, "unknown alert")


@pytest.mark.parametrize(("answer", "words"), [
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", "wrong version number"),
    (b"\x15\x03\x03\x00\x02\x07\x28", "unknown alert type"),
    (b"\x17\x03\x03\x00\x01x", "unexpected message")])
def test_what_openssl_finds_wrong_itself_is_no_alert(ends: tuple[SSL.Connection, socket.socket], answer: bytes,
                                                     words: str) -> None:
    client, far = ends
    far.send(answer)
    found = failure(client)
    assert found.kind is FailureKind.PROTOCOL
    assert words in found.text


def test_a_closed_connection_is_a_truncation(ends: tuple[SSL.Connection, socket.socket]) -> None:
    client, far = ends
    far.recv(1 << 16)
    far.close()
    assert failure(client) == TlsFailure(FailureKind.TRUNCATED, "connection closed without close_notify")


def test_a_reset_connection_is_a_reset(ends: tuple[SSL.Connection, socket.socket]) -> None:
    client, far = ends
    far.close()  # with the hello unread, which resets
    assert failure(client) == TlsFailure(FailureKind.RESET, "connection reset by peer")


def test_close_notify_in_the_handshake_is_a_truncation(ends: tuple[SSL.Connection, socket.socket]) -> None:
    client, far = ends
    far.send(b"\x15\x03\x03\x00\x02\x01\x00")
    assert failure(client) == TlsFailure(FailureKind.TRUNCATED, "peer sent close_notify during the handshake")


def test_end_of_data_after_the_handshake_is_a_truncation() -> None:
    client, server = connecting(SSL.Context(SSL.TLS_CLIENT_METHOD)), accepting(origin_context())
    shake(client, server)
    client.tls.bio_shutdown()
    with pytest.raises(SSL.Error) as caught:
        client.tls.recv(1)
    assert describe(caught.value).kind is FailureKind.TRUNCATED


@pytest.mark.parametrize("error", [
    OSError(errno.ECONNRESET, "Connection reset by peer"), SSL.SysCallError(errno.ECONNRESET, "ECONNRESET")])
def test_a_sockets_error_speaks_the_systems_words(error: Exception) -> None:
    assert describe(error) == TlsFailure(FailureKind.RESET, "connection reset by peer")


def test_releases_of_openssl_that_report_the_end_as_an_error() -> None:
    reported = SSL.Error([("SSL routines", "", "unexpected eof while reading")])
    assert describe(reported).kind is FailureKind.TRUNCATED


@pytest.mark.parametrize(("text", "alert"), [
    ("sslv3 alert handshake failure", 40), ("ssl/tls alert bad certificate", 42), ("tlsv1 alert unknown ca", 48),
    ("tlsv13 alert certificate required", 116), ("tlsv1 unrecognized name", 112), ("tlsv1 alert of a later day", None)])
def test_alerts_in_the_words_of_other_releases(text: str, alert: int | None) -> None:
    assert describe(SSL.Error([("SSL routines", "", text)])) == TlsFailure(FailureKind.ALERT, text, alert)
