"""TLS peers that break the protocol on purpose, before, in and after the handshake: told of, and no others are hurt."""

import contextlib
import socket
import ssl
from collections.abc import Iterable

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tlslite.api import TLSConnection
from tlslite.constants import AlertDescription, ContentType, Fault, KeyUpdateMessageType
from tlslite.errors import TLSError
from tlslite.mathtls import RFC2409_GROUP1, RFC2409_GROUP2
from tlslite.messages import Message, NewSessionTicket

from tests.helpers.loopback_network import Network
from tests.helpers.loopback_pki import DAY, NAME
from tests.helpers.origin import echo
from tests.helpers.waiting import until
from tests.hostile.conftest import Unharmed, serves
from tests.hostile.lite import Misdeed, handshake, server, settings
from tests.pki.factory import SERVER, mint, sans

MANY = 2000
HEARTBEAT = 24


def _send(tls: TLSConnection, messages: Iterable[object]) -> None:
    with contextlib.suppress(OSError, TLSError):  # it may be cut off at any moment
        for message in messages:
            for _ in tls._sendMsg(message):
                pass


def key_updates(tls: TLSConnection) -> None:
    with contextlib.suppress(OSError, TLSError):
        for _ in range(MANY):
            for _ in tls.send_keyupdate_request(KeyUpdateMessageType.update_not_requested):
                pass


def key_updates_to_be_answered(tls: TLSConnection) -> None:
    with contextlib.suppress(OSError, TLSError):
        for _ in range(MANY):
            for _ in tls.send_keyupdate_request(KeyUpdateMessageType.update_requested):
                pass


def tickets(tls: TLSConnection) -> None:
    _send(tls, (NewSessionTicket().create(7200, number, bytearray(8), bytearray(b"ticket"), []) for number in range(MANY)))


def hello_requests(tls: TLSConnection) -> None:
    _send(tls, (Message(ContentType.handshake, bytearray(4)) for _ in range(MANY)))


def empty_records(tls: TLSConnection) -> None:
    _send(tls, (Message(ContentType.application_data, bytearray()) for _ in range(MANY)))


def warning_alerts(tls: TLSConnection) -> None:
    _send(tls, (Message(ContentType.alert, bytearray([1, AlertDescription.user_canceled])) for _ in range(MANY)))


def heartbeats(tls: TLSConnection) -> None:
    """Each says that it carries 16 kB, and carries none."""
    _send(tls, (Message(HEARTBEAT, bytearray([1, 0x3F, 0xFF])) for _ in range(20)))


def changes_of_cipher(tls: TLSConnection) -> None:
    with contextlib.suppress(OSError):
        tls.sock.socket.sendall(b"\x14\x03\x03\x00\x01\x01" * MANY)


def bad_records(tls: TLSConnection) -> None:
    with contextlib.suppress(OSError):
        tls.sock.socket.sendall(b"\x17\x03\x03\x00\x40" + bytes(64))


STORMS = [("1.3", key_updates), ("1.3", key_updates_to_be_answered), ("1.3", tickets), ("1.2", hello_requests),
          ("1.2", empty_records), ("1.3", empty_records), ("1.2", warning_alerts), ("1.3", warning_alerts),
          ("1.2", heartbeats), ("1.3", heartbeats), ("1.3", changes_of_cipher), ("1.2", bad_records), ("1.3", bad_records)]
IDS = [f"{storm.__name__}-{version}" for version, storm in STORMS]


def closing(network: Network, name: tuple[str, int]) -> str:
    """Why the session ended, once it has."""
    return network.proxy.record("RT_FLOW_SESSION_CLOSE", name)["reason"]


@pytest.mark.parametrize(("version", "storm"), STORMS, ids=IDS)
def test_a_storm_from_the_server(network: Network, unharmed: Unharmed, version: str, storm: Misdeed) -> None:
    """The client sees the session go on or end, others see nothing of it."""
    with unharmed(network):
        network.origin.serve(server(network.pki, settings(version), after=storm))
        with network.client() as client:
            name = client.getsockname()
            client.settimeout(20)
            with contextlib.suppress(OSError):
                assert client.recv(99) == b""
        assert closing(network, name)
        network.origin.serve(echo, network.pki.origin_context())
        serves(network)


@pytest.mark.parametrize(("version", "storm"), [(version, storm) for version, storm in STORMS if storm is not tickets],
                         ids=[name for name in IDS if "tickets" not in name])
def test_a_storm_from_the_client(network: Network, unharmed: Unharmed, version: str, storm: Misdeed) -> None:
    with unharmed(network):
        at = network.proxy.connect()
        name = at.getsockname()
        with at:
            storm(handshake(at, settings(version)))
            serves(network)
        assert closing(network, name)


@pytest.mark.parametrize(("version", "message"), [
    ("1.1", "openssl error: server handshake: "), ("1.0", "openssl error: server handshake: "),
    ("ssl3", "openssl error: server handshake: ")])
def test_a_server_that_is_too_old(network: Network, unharmed: Unharmed, version: str, message: str) -> None:
    with unharmed(network):
        accepted = network.origin.accepted
        network.origin.serve(server(network.pki, settings(version)))
        assert refused(network).startswith(message)
        assert network.origin.accepted <= accepted + 2  # it is not tried again with less
        network.origin.serve(echo, network.pki.origin_context())


def refused(network: Network) -> str:
    """The message about a client that does not get through."""
    at = network.proxy.connect()
    name = at.getsockname()
    with at, pytest.raises((ssl.SSLError, ConnectionError)):
        network.handshake(at)
    return network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", name)["message"]


def test_a_server_whose_finished_is_wrong(network: Network, unharmed: Unharmed) -> None:
    def lie(tls: TLSConnection) -> None:
        tls.fault = Fault.badFinished

    with unharmed(network):
        network.origin.serve(server(network.pki, settings("1.2"), before=lie))
        assert refused(network).startswith("openssl error: server handshake: ")
        network.origin.serve(echo, network.pki.origin_context())


@pytest.mark.parametrize("group", [RFC2409_GROUP1, RFC2409_GROUP2], ids=["768 bits", "1024 bits"])
def test_a_server_with_a_small_group(network: Network, unharmed: Unharmed, group: tuple[int, int]) -> None:
    """Logjam; its certificate and all else is in order."""
    leaf = mint(NAME, network.pki.root, (sans(NAME), SERVER), key=rsa.generate_private_key(65537, 2048),
                begins=network.pki.now - DAY, ends=network.pki.now + DAY)
    network.pki._write("rsa", leaf)
    weak = settings("1.2", keyExchangeNames=["dhe_rsa"], dhParams=group)
    with unharmed(network):
        network.origin.serve(server(network.pki, weak, identity="rsa"))
        assert refused(network) == "openssl error: server handshake: dh key too small"
        network.origin.serve(echo, network.pki.origin_context())


def test_a_server_that_asks_for_another_group_first(network: Network, unharmed: Unharmed) -> None:
    """HelloRetryRequest is no misdeed."""
    with unharmed(network):
        other = settings("1.3", eccCurves=["secp521r1"], keyShares=["secp521r1"], dhGroups=[])
        network.origin.serve(server(network.pki, other))
        with network.client() as client:
            client.sendall(b"hello")
            assert client.recv(9) == b"hello"
            assert client.version() == "TLSv1.3"
        network.origin.serve(echo, network.pki.origin_context())


def test_a_client_whose_finished_is_wrong(network: Network, unharmed: Unharmed) -> None:
    def lie(tls: TLSConnection) -> None:
        tls.fault = Fault.badFinished

    with unharmed(network):
        at = network.proxy.connect()
        name = at.getsockname()
        with at, contextlib.suppress(OSError, TLSError):  # tlslite knows that it lies, and takes the alert for an answer
            handshake(at, settings("1.2"), before=lie)
        message = network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", name)["message"]
        assert message.startswith("openssl error: client handshake: ")


@pytest.mark.parametrize("version", ["ssl3", "1.0", "1.1"])
def test_a_client_that_is_too_old(network: Network, unharmed: Unharmed, version: str) -> None:
    """It never gets as far as the server."""
    with unharmed(network):
        accepted = network.origin.accepted
        at = network.proxy.connect()
        name = at.getsockname()
        with at, pytest.raises((OSError, TLSError)):
            handshake(at, settings(version))
        assert network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", name)["message"].startswith("system: ")
        assert network.origin.accepted - accepted <= 1  # the control before it


@pytest.mark.parametrize(("size", "served"), [(64, True), (16, True), (3, False)])
def test_a_client_that_cuts_its_messages_into_small_records(network: Network, unharmed: Unharmed, size: int,
                                                            served: bool) -> None:
    """As small as 64 records for a ClientHello allow."""
    def cut(tls: TLSConnection) -> None:
        tls.recordSize = size

    with unharmed(network):
        at = network.proxy.connect()
        name = at.getsockname()
        with at, contextlib.nullcontext() if served else pytest.raises((OSError, TLSError)):
            tls = handshake(at, settings("1.3"), before=cut)
            tls.sendall(b"hello")
            assert bytes(tls.recv(9)) == b"hello"
        assert served or "hello" in network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", name)["message"].lower()


def test_a_client_without_a_suite_that_is_good_enough(network: Network, unharmed: Unharmed) -> None:
    weak = settings("1.2", cipherNames=["3des", "aes128"], keyExchangeNames=["rsa"], macNames=["sha", "md5"])
    with unharmed(network):
        at = network.proxy.connect()
        name = at.getsockname()
        with at, pytest.raises((OSError, TLSError)):
            handshake(at, weak)
        assert network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", name)["message"]


def test_sockets_are_as_they_were(network: Network) -> None:
    """The last of them all: nothing that came before has left the proxy deaf."""
    for _ in range(3):
        serves(network)
    until(network.proxy.is_idle, "no session is left")
    assert isinstance(network.proxy.connect(), socket.socket)
