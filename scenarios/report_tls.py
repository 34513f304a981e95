"""What TLS says on one TCP connection, as far as an onlooker without keys can tell: named steps with their times.

After a TLS 1.3 ServerHello everything is sealed (RFC 8446 §5): steps there are named by order and length of records.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from nf.tls import client_hello
from nf.tls.client_hello import ClientHello
from scenarios.report_packets import ACK, FIN, RST, SYN, Half, Segment
from scenarios.report_records import Record, Stream, plain_start

_CHANGE_CIPHER, _ALERT, _HANDSHAKE, _DATA = 20, 21, 22, 23
_TLS13 = 0x0304
_SEALED_ALERT = 19  # bytes: an alert, its content type and a 16-byte tag (RFC 8446 §5.2)
_MESSAGES: Final = {0: "HelloRequest", 1: "ClientHello", 2: "ServerHello", 4: "NewSessionTicket", 11: "Certificate",
                    12: "ServerKeyExchange", 13: "CertificateRequest", 14: "ServerHelloDone", 15: "CertificateVerify",
                    16: "ClientKeyExchange", 20: "Finished", 22: "CertificateStatus"}  # RFC 8446 §4, RFC 5246 §7.4
_ALERTS: Final = {0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 40: "handshake_failure",
                  42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked",
                  45: "certificate_expired", 46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca",
                  49: "access_denied", 50: "decode_error", 51: "decrypt_error", 70: "protocol_version",
                  71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback",
                  112: "unrecognized_name", 116: "certificate_required", 120: "no_application_protocol"}
_VERSIONS: Final = {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}
_RETRY: Final = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")  # RFC 8446 §4.1.3
_FINISHED = "Finished", "encrypted"
_FLIGHT = "EncryptedExtensions … Finished", "encrypted, as is the certificate"
EXCHANGES = 6  # steps with data that are told one by one
DATA, TLS, TCP, BAD = "data", "tls", "tcp", "bad"


@dataclass(frozen=True, slots=True)
class Step:
    """Something one end said; `at` is nanoseconds since 1970, `forward` is from who opened the connection."""

    at: int
    forward: bool
    label: str
    kind: str = TLS
    detail: str = ""
    octets: int = 0
    records: int = 0


def steps(half: Half) -> list[Step]:
    """Everything said on a connection in order of time; neighbours alike are joined, a long exchange is cut short."""
    said = sorted((*_tcp(half), *_tls(half)), key=lambda step: step.at)
    return _shortened(_merged(said))


def _tcp(half: Half) -> Iterator[Step]:
    seen: set[tuple[bool, str]] = set()
    for it in half.segments:
        forward = it.source == half.client
        opening = "SYN, ACK" if it.flags & ACK else "SYN"
        for flag, label, kind in ((SYN, opening, TCP), (FIN, "FIN", TCP), (RST, "RST", BAD)):
            if it.flags & flag and (forward, label) not in seen:
                seen.add((forward, label))
                yield Step(it.at, forward, label, kind)


def _tls(half: Half) -> Iterator[Step]:
    streams = {forward: Stream() for forward in (True, False)}
    reader = _Reader()
    for it in half.segments:
        forward = it.source == half.client
        stream = streams[forward]
        stream.take(it)
        if plain_start(stream.data):
            if it.payload:
                yield Step(it.at, forward, "data", DATA, "in clear", len(it.payload), 1)
            continue
        for record in stream.records():
            yield from reader.read(record, it, forward)


class _Reader:
    """Follows both directions far enough to know what is sealed and what a sealed record must be."""

    def __init__(self) -> None:
        self.version = 0
        self.sealed = {True: False, False: False}
        self.finished = False
        self.spoken = False  # whether the client has sent data
        self.messages = {True: bytearray(), False: bytearray()}

    def read(self, record: Record, it: Segment, forward: bool) -> Iterator[Step]:
        """The steps that a record stands for."""
        size = len(record.body)
        if record.kind == _CHANGE_CIPHER:
            self.sealed[forward] |= self.version < _TLS13  # in TLS 1.3 it means nothing (RFC 8446 §D.4)
        elif record.kind == _ALERT:
            yield Step(it.at, forward, *_alert(record.body, self.sealed[forward]))
        elif record.kind == _HANDSHAKE and self.sealed[forward]:
            yield Step(it.at, forward, "Finished", TLS, "encrypted", size, 1)
        elif record.kind == _HANDSHAKE:
            yield from self._handshake(record, it.at, forward)
        elif record.kind == _DATA:
            yield self._data(it.at, forward, size)

    def _handshake(self, record: Record, at: int, forward: bool) -> Iterator[Step]:
        gathered = self.messages[forward]
        gathered += record.body
        while len(gathered) >= 4 and len(gathered) >= 4 + int.from_bytes(gathered[1:4]):
            size = 4 + int.from_bytes(gathered[1:4])
            message = bytes(gathered[:size])
            del gathered[:size]
            yield self._message(message, at, forward)

    def _message(self, message: bytes, at: int, forward: bool) -> Step:
        label, detail = _MESSAGES.get(message[0], f"handshake message {message[0]}"), ""
        if message[0] == 1:
            detail = _offered(message)
        elif message[0] == 2 and message[6:38] == _RETRY:
            label = "HelloRetryRequest"
        elif message[0] == 2:
            self.version = _chosen_version(message)
            self.sealed[forward] = self.version >= _TLS13
            detail = _VERSIONS.get(self.version, f"version {self.version:#06x}")
        return Step(at, forward, label, TLS, detail, len(message), 1)

    def _data(self, at: int, forward: bool, size: int) -> Step:
        if self.version >= _TLS13 and size == _SEALED_ALERT:
            label, kind = ("close_notify", TCP) if self.finished else ("alert", BAD)
            return Step(at, forward, label, kind, "encrypted, told by its length")
        if self.version >= _TLS13 and not self.finished:
            self.finished = forward  # the client's Finished is the last of the handshake
            label, detail = _FINISHED if forward else _FLIGHT
            return Step(at, forward, label, TLS, detail, size, 1)
        self.spoken |= forward
        label = "data" if self.spoken or self.version < _TLS13 else "session tickets, or data"
        return Step(at, forward, label, DATA, "encrypted", size, 1)


def _alert(body: bytes, sealed: bool) -> tuple[str, str, str]:
    if sealed or len(body) != 2:
        return "alert", TCP, "encrypted; at the end it is close_notify"
    name = _ALERTS.get(body[1], f"alert {body[1]}")
    return name, (BAD if body[0] == 2 else TCP), "fatal alert" if body[0] == 2 else "alert"


def _offered(message: bytes) -> str:
    hello = client_hello.parse(b"\x16\x03\x01" + len(message).to_bytes(2) + message)
    if not isinstance(hello, ClientHello):
        return "malformed"
    highest = _VERSIONS.get(hello.highest_version, f"{hello.highest_version:#06x}")
    protocols = ", ".join(name.decode("ascii", "backslashreplace") for name in hello.alpn)
    return f"{hello.server_name or 'no name'}, ≤ {highest}" + (f", ALPN {protocols}" if protocols else "")


def _chosen_version(message: bytes) -> int:
    """The version of a ServerHello: in its extension since TLS 1.3 (RFC 8446 §4.2.1)."""
    at = 41 + message[38] if len(message) > 38 else len(message)  # behind session id, suite and compression
    end = len(message)
    at += 3
    while at + 4 <= end:
        kind, size = int.from_bytes(message[at:at + 2]), int.from_bytes(message[at + 2:at + 4])
        if kind == 43 and size == 2:
            return int.from_bytes(message[at + 4:at + 6])
        at += 4 + size
    return int.from_bytes(message[4:6])


def _merged(said: Iterable[Step]) -> list[Step]:
    merged: list[Step] = []
    for step in said:
        last = merged[-1] if merged else None
        alike = last and (last.label, last.forward, last.detail) == (step.label, step.forward, step.detail)
        if last and last.records and alike:
            merged[-1] = replace(last, octets=last.octets + step.octets, records=last.records + step.records)
        else:
            merged.append(step)
    return merged


def _shortened(said: Sequence[Step]) -> list[Step]:
    exchanges = [step for step in said if step.kind == DATA]
    rest = exchanges[EXCHANGES - 1:]
    if len(rest) <= 1:
        return list(said)
    summed = replace(rest[0], label="further data, both ways", octets=sum(step.octets for step in rest),
                     records=sum(step.records for step in rest))
    gone = {id(step) for step in rest[1:]}
    return [summed if step is rest[0] else step for step in said if id(step) not in gone]
