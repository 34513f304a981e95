"""Steps of TLS sessions as OpenSSL speaks them, and of what is no TLS."""

import ssl
from pathlib import Path

import pytest

from scenarios.report_packets import RST, halves
from scenarios.report_tls import BAD, DATA, EXCHANGES, Step, steps
from tests.scenarios.wire import NAME, Talk, handshake


def told(talk: Talk) -> list[Step]:
    (half,) = halves("leg", talk.packets)
    return steps(half)


def lines(talk: Talk) -> list[str]:
    return [f"{'>' if step.forward else '<'} {step.label}" for step in told(talk)]


def test_tls_1_3_is_named_by_order_and_length(tmp_path: Path) -> None:
    talk = handshake(tmp_path, ssl.TLSVersion.TLSv1_3)
    assert lines(talk) == [
        "> SYN", "< SYN, ACK", "> ClientHello", "< ServerHello", "< EncryptedExtensions … Finished", "> Finished",
        "< session tickets, or data", "> data", "< data", "> close_notify", "< close_notify", "> FIN", "< FIN"]


def test_a_hello_tells_name_version_and_protocols(tmp_path: Path) -> None:
    said = told(handshake(tmp_path, ssl.TLSVersion.TLSv1_3))
    assert said[2].detail == f"{NAME}, ≤ TLS 1.3, ALPN h2, http/1.1"
    assert said[3].detail == "TLS 1.3"
    assert said[4].octets > 500  # a certificate is in there


def test_tls_1_2_shows_its_messages(tmp_path: Path) -> None:
    shown = lines(handshake(tmp_path, ssl.TLSVersion.TLSv1_2))
    assert shown[2:9] == ["> ClientHello", "< ServerHello", "< Certificate", "< ServerKeyExchange", "< ServerHelloDone",
                          "> ClientKeyExchange", "> Finished"]
    assert shown[-6:] == ["> data", "< data", "> alert", "< alert", "> FIN", "< FIN"]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_that_does_not_trust_says_so_in_an_alert(tmp_path: Path, version: ssl.TLSVersion) -> None:
    said = [step for step in told(handshake(tmp_path, version, trusting=False)) if step.kind == BAD]
    assert [(step.forward, step.label, step.detail) for step in said] == [(True, "unknown_ca", "fatal alert")]


def test_an_encrypted_alert_instead_of_a_finished_is_known_by_its_length() -> None:
    talk = Talk()
    extension = b"\x00\x2b\x00\x02\x03\x04"  # supported_versions: TLS 1.3
    hello = b"\x03\x03" + bytes(32) + b"\x00\x13\x01\x00" + len(extension).to_bytes(2) + extension
    talk.say(False, b"\x16\x03\x03" + (len(hello) + 4).to_bytes(2) + b"\x02" + len(hello).to_bytes(3) + hello)
    talk.say(True, b"\x17\x03\x03\x00\x13" + bytes(19))
    assert [(step.label, step.kind) for step in told(talk)[2:]] == [("ServerHello", "tls"), ("alert", BAD)]


def test_what_is_no_tls_is_data_in_clear() -> None:
    talk = Talk()
    talk.say(True, b"GET / HTTP/1.1\r\n\r\n")
    talk.say(False, b"HTTP/1.1 200 OK\r\n")
    talk.say(False, b"\r\nbody")
    talk.say(True, flags=RST)
    assert [(step.forward, step.label, step.detail, step.octets, step.records) for step in told(talk)[2:]] == [
        (True, "data", "in clear", 18, 1), (False, "data", "in clear", 23, 2), (True, "RST", "", 0, 0)]


def test_a_long_exchange_is_cut_short_and_nothing_is_lost_from_its_sum() -> None:
    talk = Talk()
    for number in range(40):
        talk.say(number % 2 == 0, b"x" * 10)
    said = [step for step in told(talk) if step.kind == DATA]
    assert len(said) == EXCHANGES
    assert said[-1].label == "further data, both ways"
    assert sum(step.octets for step in said) == 400


@pytest.mark.parametrize("junk", [
    b"\x16\x03\x01\x00\x05\x01\x00\x00\x01x", b"\x16\x03\x03\x00\x04\x02\x00\x00\x00", b"\x15\x03\x03\x00\x02\x02\xff",
    b"\x16\x03\x03\x00\x08\x02\x00\x00\x04abcd", b"\x14\x03\x03\x00\x01\x01" * 3, b"\x17\x03\x03\x00\x13" + bytes(19),
])
def test_malformed_messages_are_still_told(junk: bytes) -> None:
    talk = Talk()
    talk.say(True, junk)
    talk.say(False, junk)
    assert told(talk)[:2] == told(Talk())
