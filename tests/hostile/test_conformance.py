"""Clients that break one rule of RFC 8446, 5246 or their extensions each: the alert is the one that the RFC wants.

After the list that tlsfuzzer's scripts for servers go through; it is GPL-2.0, and no part of this.
"""


import pytest
from tlslite.api import TLSConnection
from tlslite.constants import AlertDescription as Alert
from tlslite.constants import ContentType, ExtensionType
from tlslite.messages import ChangeCipherSpec, ClientHello, ClientKeyExchange, Finished, Message

from tests.helpers.loopback_network import Network
from tests.hostile.bent import (
    Bend,
    alert_for,
    before,
    body,
    both,
    extensions,
    handshake,
    having,
    instead,
    offering,
    on,
    without,
)
from tests.hostile.conftest import Unharmed, serves
from tests.hostile.lite import Misdeed
from tests.tls.hello_bytes import host_name, vector

Row = tuple[str, str, Bend, int]
E = ExtensionType
P256, X25519 = b"\x00\x17", b"\x00\x1d"
SESSION_ID = 34  # offset of its length
DATA = Message(ContentType.application_data, bytearray(b"hello"))
EMPTY, UNKNOWN = handshake(), handshake(b"\xfe\x00\x00\x00")
KEY_UPDATE = b"\x18\x00\x00\x01\x00"
CERTIFICATE = {"1.2": b"\x0b\x00\x00\x03\x00\x00\x00", "1.3": b"\x0b\x00\x00\x04\x00\x00\x00\x00"}
PSK = E.pre_shared_key, vector(2, vector(2, b"ticket"), bytes(4)) + vector(2, vector(1, bytes(32)))


def ccs(value: bytes) -> Message:
    return Message(ContentType.change_cipher_spec, bytearray(value))


def shares(*entries: tuple[bytes, bytes]) -> Bend:
    return having((E.key_share, vector(2, *(group + vector(2, key) for group, key in entries))))


def behind_session_id(rest: bytes) -> Bend:
    return body(ClientHello, lambda sent: sent[:SESSION_ID + 1 + sent[SESSION_ID]] + rest)


LENGTHS: list[Row] = [(version, what, bend, Alert.decode_error) for version in ("1.2", "1.3") for what, bend in [
    ("groups: none", having((E.supported_groups, b"\x00\x00"))),
    ("signature algorithms: none", having((E.signature_algorithms, b"\x00\x00"))),
    ("signature algorithms: half a one", having((E.signature_algorithms, b"\x00\x03\x04\x03\x04"))),
    ("signature algorithms: a byte behind", having((E.signature_algorithms, b"\x00\x02\x04\x03\x04"))),
    ("ALPN: none", having((E.alpn, b"\x00\x00"))),
    ("ALPN: an empty name", having((E.alpn, b"\x00\x01\x00"))),
    ("server name: no bytes", having((E.server_name, b""))),
    ("server name: no names", having((E.server_name, b"\x00\x00"))),
    ("server name: two", having((E.server_name, vector(2, host_name(b"a.test"), host_name(b"b.test"))))),
    ("session id: 33 bytes", body(ClientHello, lambda sent: sent[:SESSION_ID] + vector(1, bytes(33)) + sent[
        SESSION_ID + 1 + sent[SESSION_ID]:])),
    ("suites: none", offering(cipher_suites=[])),
    ("suites: half a one", behind_session_id(b"\x00\x03\xc0\x2f\x00\x01\x00")),
    ("compression: none", behind_session_id(b"\x00\x02\xc0\x2f\x00")),
    ("hello: a byte behind", body(ClientHello, lambda sent: sent + b"\x00")),
    ("hello: a byte less", body(ClientHello, lambda sent: sent[:-1])),
    ("Finished: a byte less", body(Finished, lambda sent: sent[:-1]))]]

EITHER: list[Row] = [(version, what, bend, alert) for version in ("1.2", "1.3") for what, bend, alert in [
    ("an extension twice", extensions(lambda all_: [*all_, all_[0]]), Alert.illegal_parameter),
    ("no null compression", offering(compression_methods=[1]), Alert.illegal_parameter),
    ("version 2.0", body(ClientHello, lambda sent: b"\x02\x00" + sent[2:]), Alert.protocol_version),
    ("no known suite", offering(cipher_suites=[0xFEFE]), Alert.handshake_failure),
    ("no known signature algorithm", having((E.signature_algorithms, b"\x00\x02\xfe\xfe")), Alert.handshake_failure),
    ("a ServerHello first", before(ClientHello, handshake(b"\x02\x00\x00\x00")), Alert.unexpected_message),
    ("a HelloRequest first", before(ClientHello, handshake(bytes(4))), Alert.unexpected_message),
    ("an empty record first", before(ClientHello, EMPTY), Alert.unexpected_message),
    ("two hellos in a record", on(ClientHello, lambda sent: [handshake(sent.write(), sent.write())]), Alert.unexpected_message),
    ("Finished: a bit", body(Finished, lambda sent: sent[:-1] + bytes([sent[-1] ^ 1])), Alert.decrypt_error),
    ("data before Finished", before(Finished, DATA), Alert.unexpected_message),
    ("an unknown message before Finished", before(Finished, UNKNOWN), Alert.unexpected_message),
    ("an unknown record before Finished", before(Finished, Message(99, bytearray(1))), Alert.unexpected_message)]]

TLS13: list[Row] = [("1.3", what, bend, alert) for what, bend, alert in [
    ("compression", offering(compression_methods=[0, 1]), Alert.illegal_parameter),
    ("key shares without groups", without(E.supported_groups), Alert.missing_extension),
    ("groups without key shares", without(E.key_share), Alert.missing_extension),
    ("no signature algorithms", without(E.signature_algorithms), Alert.missing_extension),
    ("PSK without its modes", both(without(E.psk_key_exchange_modes), having(PSK)), Alert.missing_extension),
    ("PSK not last", having(PSK, (0xFEFE, b"")), Alert.illegal_parameter),
    ("PSK modes: none", having((E.psk_key_exchange_modes, b"\x00")), Alert.decode_error),
    ("versions: none", having((E.supported_versions, b"\x00")), Alert.decode_error),
    ("versions: half a one", having((E.supported_versions, b"\x03\x03\x04\x03")), Alert.decode_error),
    ("versions: unknown", having((E.supported_versions, b"\x02\x03\x0f")), Alert.protocol_version),
    ("share: empty", shares((X25519, b"")), Alert.decode_error),
    ("share: cut", having((E.key_share, b"\x00\x30" + X25519 + vector(2, bytes(32)))), Alert.decode_error),
    ("share: 31 bytes", shares((X25519, bytes(31))), Alert.illegal_parameter),
    ("share: zeros", shares((X25519, bytes(32))), Alert.illegal_parameter),
    ("share: off the curve", shares((P256, b"\x04" + bytes(63) + b"\x01")), Alert.illegal_parameter),
    ("share: compressed", shares((P256, b"\x02" + bytes(32))), Alert.illegal_parameter),
    ("share: infinity", shares((P256, b"\x00")), Alert.illegal_parameter),
    ("share: of a group not offered", having((E.supported_groups, vector(2, P256))), Alert.illegal_parameter),
    ("an empty record before Finished", before(Finished, EMPTY), Alert.unexpected_message),
    ("KeyUpdate before Finished", before(Finished, handshake(KEY_UPDATE)), Alert.unexpected_message),
    ("KeyUpdate in Finished's record", on(Finished, lambda sent: [handshake(sent.write(), KEY_UPDATE)]),
     Alert.unexpected_message),
    ("a Certificate nobody asked for", before(Finished, handshake(CERTIFICATE["1.3"])), Alert.unexpected_message),
    ("EndOfEarlyData without any", before(Finished, handshake(b"\x05\x00\x00\x00")), Alert.unexpected_message),
    ("a ChangeCipherSpec of 2", before(Finished, ccs(b"\x02")), Alert.unexpected_message)]]

TLS12: list[Row] = [("1.2", what, bend, alert) for what, bend, alert in [
    ("point formats: none", having((E.ec_point_formats, b"\x00")), Alert.decode_error),
    ("renegotiation_info of a first handshake", having((E.renegotiation_info, b"\x01\x00")), Alert.handshake_failure),
    ("renegotiation_info: cut", having((E.renegotiation_info, b"\x02\x00")), Alert.decode_error),
    ("extended master secret: a byte", having((E.extended_master_secret, b"\x00")), Alert.decode_error),
    ("max_fragment_length 5", having((E.max_fragment_length, b"\x05")), Alert.illegal_parameter),
    ("TLS_FALLBACK_SCSV", body(ClientHello, lambda sent: sent.replace(b"\x00\xff", b"\x56\x00", 1)),
     Alert.inappropriate_fallback),
    ("two hellos", on(ClientHello, lambda sent: [sent, sent]), Alert.unexpected_message),
    ("ChangeCipherSpec early", before(ClientKeyExchange, ChangeCipherSpec()), Alert.unexpected_message),
    ("ChangeCipherSpec never", instead(ChangeCipherSpec), Alert.unexpected_message),
    ("ChangeCipherSpec twice", before(ChangeCipherSpec, ChangeCipherSpec()), Alert.bad_record_mac),
    ("a ChangeCipherSpec of 2", instead(ChangeCipherSpec, ccs(b"\x02")), Alert.unexpected_message),
    ("no ClientKeyExchange", instead(ClientKeyExchange), Alert.unexpected_message),
    ("ClientKeyExchange: no point", body(ClientKeyExchange, lambda _: b"\x00"), Alert.decode_error),
    ("ClientKeyExchange: zeros", body(ClientKeyExchange, lambda _: vector(1, bytes(32))), Alert.illegal_parameter),
    ("ClientKeyExchange: a byte behind", body(ClientKeyExchange, lambda sent: sent + b"\x00"), Alert.decode_error),
    ("a Certificate nobody asked for", before(ClientKeyExchange, handshake(CERTIFICATE["1.2"])), Alert.unexpected_message),
    ("a CertificateVerify without Certificate", before(ChangeCipherSpec, handshake(b"\x0f\x00\x00\x04\x04\x03\x00\x00")),
     Alert.unexpected_message)]]

CLEAR = b"\x17\x03\x03"


def then(*messages: Message) -> Misdeed:
    """Say this when the handshake is done."""
    def say(tls: TLSConnection) -> None:
        for message in messages:
            for _ in tls._sendMsgThroughSocket(message):
                pass

    return say


def raw(data: bytes) -> Misdeed:
    return lambda tls: tls.sock.socket.sendall(data)


AFTER: list[tuple[str, str, Misdeed, int]] = [
    *((version, what, say, alert) for version in ("1.2", "1.3") for what, say, alert in [
        ("a record that nobody sealed", raw(CLEAR + vector(2, bytes(64))), Alert.bad_record_mac),
        ("a record too long", raw(CLEAR + b"\x48\x01" + bytes(0x4801)), Alert.record_overflow),
        ("data of 16,385 bytes", then(Message(ContentType.application_data, bytearray(16385))), Alert.record_overflow),
        ("an unknown record", then(Message(99, bytearray(1))), Alert.unexpected_message),
        ("a ServerHello", then(handshake(b"\x02\x00\x00\x00")), Alert.unexpected_message)]),
    *(("1.3", what, say, alert) for what, say, alert in [
        ("KeyUpdate 2", then(handshake(b"\x18\x00\x00\x01\x02")), Alert.illegal_parameter),
        ("KeyUpdate with more behind it", then(handshake(KEY_UPDATE, KEY_UPDATE)), Alert.unexpected_message),
        ("another ClientHello", then(handshake(b"\x01\x00\x00\x00")), Alert.unexpected_message),
        ("another Finished", then(handshake(b"\x14\x00\x00\x20" + bytes(32))), Alert.unexpected_message),
        ("a Certificate nobody asked for", then(handshake(CERTIFICATE["1.3"])), Alert.unexpected_message),
        ("padding alone", then(Message(0, bytearray(9))), Alert.unexpected_message),
        ("data within a message", then(handshake(b"\x18\x00"), DATA), Alert.unexpected_message),
        ("a ChangeCipherSpec", raw(b"\x14\x03\x03\x00\x01\x01"), Alert.unexpected_message)])]


@pytest.mark.parametrize("rows", [LENGTHS, EITHER, TLS13, TLS12], ids=["lengths", "either version", "TLS 1.3", "TLS 1.2"])
def test_a_broken_handshake(network: Network, unharmed: Unharmed, rows: list[Row]) -> None:
    """Wrong answers show side by side, and every session has its line in the log."""
    found, clients = {}, []
    with unharmed(network):
        for version, what, bend, _ in rows:
            with network.proxy.connect() as at:
                clients.append(at.getsockname())
                found[version, what] = alert_for(at, version, bend)
        assert found == {(version, what): alert for version, what, _, alert in rows}
        for client in clients:
            assert network.proxy.record("SSL_PROXY_SSL_SESSION_DROP", client)["message"]
        serves(network)


def test_a_session_that_goes_wrong(network: Network, unharmed: Unharmed) -> None:
    found = {}
    with unharmed(network):
        for version, what, say, _ in AFTER:
            with network.proxy.connect() as at:
                found[version, what] = alert_for(at, version, then=say)
        assert found == {(version, what): alert for version, what, _, alert in AFTER}
        serves(network)
