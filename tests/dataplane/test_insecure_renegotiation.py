"""A client from before RFC 5746, which cannot bind a renegotiation to its session, asks for one."""

import socket
from pathlib import Path

import pytest
from tlslite.constants import CipherSuite, ContentType, GroupName, HandshakeType, SignatureScheme
from tlslite.extensions import SignatureAlgorithmsExtension, SupportedGroupsExtension
from tlslite.messages import ClientHello
from tlslite.tlsconnection import TLSConnection

from tests.helpers.loopback_network import Network
from tests.helpers.origin import ended
from tests.helpers.running_proxy import CONFIGURATION, RunningProxy
from tests.hostile.lite import handshake, settings

GREASE = 0x0A0A


def old_client(network: Network, monkeypatch: pytest.MonkeyPatch) -> tuple[TLSConnection, socket.socket]:
    """One whose hello does not have the cipher suite that stands for secure renegotiation."""
    monkeypatch.setattr(CipherSuite, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV", GREASE)
    connection = network.proxy.connect()
    return handshake(connection, settings("1.2", useExtendedMasterSecret=False)), connection


def ask_again(tls: TLSConnection) -> None:
    """A hello within the session."""
    groups = SupportedGroupsExtension().create([GroupName.secp256r1])
    schemes = [SignatureScheme.ecdsa_secp256r1_sha256, SignatureScheme.rsa_pss_rsae_sha256]
    signatures = SignatureAlgorithmsExtension().create(schemes)
    hello = ClientHello().create((3, 3), bytearray(32), bytearray(0), [0xC02F, 0xC02B], extensions=[groups, signatures])
    assert hello.contentType == ContentType.handshake
    for _ in tls._sendMsg(hello):
        pass


def test_it_is_not_permitted_by_default(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, connection = old_client(network, monkeypatch)
    name = connection.getsockname()
    tls.sendall(b"hello")
    assert bytes(tls.recv(9)) == b"hello"
    ask_again(tls)
    record = network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", name)
    assert record["message"] == "policy violation: insecure renegotiation not permitted"
    ended(connection)


def test_it_is_done_where_the_profile_allows_it(tmp_path: Path, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = CONFIGURATION.replace("actions { log", "actions { renegotiation allow; log")
    with RunningProxy(tmp_path, network.pki, network.origin.address, workers=1, configuration=configuration) as proxy:
        allowing = Network(network.pki, network.origin, proxy)
        tls, connection = old_client(allowing, monkeypatch)
        ask_again(tls)
        header, parser = next(tls._getNextRecord())
        assert (header.type, parser.bytes[0]) == (ContentType.handshake, HandshakeType.server_hello)
        assert proxy.record("SSL_PROXY_INFO", connection)["message"] == (
            "ssl: renegotiation context (1): insecure renegotiation started")
        connection.close()
