"""Connections as a leg would capture them: frames made from bytes, and real TLS handshakes without a network."""

import ssl
import struct
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import count
from pathlib import Path

from scenarios.certificates import lab_pki
from scenarios.pcapng import Packet
from scenarios.report_packets import ACK, FIN, SYN, Endpoint

CLIENT, SERVER = ("10.0.0.1", 4711), ("10.0.0.101", 443)
MILLISECOND = 1_000_000
NAME = "www.example.test"


def frame(source: Endpoint, destination: Endpoint, seq: int, flags: int, payload: bytes = b"") -> bytes:
    """An Ethernet frame with a TCP segment; checksums are left out, for nobody here looks at them."""
    ends = ip_address(source[0]), ip_address(destination[0])
    tcp = struct.pack("!HHIIBBHHH", source[1], destination[1], seq % (1 << 32), 0, 5 << 4, flags, 0, 0, 0) + payload
    if ends[0].version == 4:
        network = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0)
    else:
        network = struct.pack("!IHBB", 6 << 28, len(tcp), 6, 64)
    kind = b"\x08\x00" if ends[0].version == 4 else b"\x86\xdd"
    return bytes(12) + kind + network + ends[0].packed + ends[1].packed + tcp


class Talk:
    """A connection on a leg, said one segment after the other, a millisecond apart."""

    def __init__(self, client: Endpoint = CLIENT, server: Endpoint = SERVER, *, outbound: bool = False,
                 at: int = 0, seq: int = 1000) -> None:
        self.ends = {True: client, False: server}
        self.outbound = outbound  # whether the network function opened it
        self.times = count(at, MILLISECOND)
        self.seq = {True: seq, False: 9000}
        self.packets: list[Packet] = []
        self.say(True, flags=SYN)
        self.say(False, flags=SYN | ACK)

    def say(self, forward: bool, payload: bytes = b"", flags: int = ACK) -> None:
        """One segment from who opened the connection, or to it."""
        raw = frame(self.ends[forward], self.ends[not forward], self.seq[forward], flags, payload)
        self.packets.append(Packet(next(self.times), raw, self.outbound is forward))
        self.seq[forward] += len(payload) + bool(flags & (SYN | FIN))


def handshake(directory: Path, version: ssl.TLSVersion, *, trusting: bool = True) -> Talk:
    """A whole TLS session by OpenSSL on both sides: handshake, a question, an answer, close_notify, FIN."""
    pki = lab_pki(datetime.now(UTC))
    pki.leaf(NAME, "good").write(directory / "leaf")
    (directory / "root.crt").write_bytes(pki.root.certificate_pem())
    ours, theirs = ssl.create_default_context(cafile=directory / "root.crt"), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if not trusting:
        ours = ssl.create_default_context()
    ours.maximum_version = version
    ours.set_alpn_protocols(["h2", "http/1.1"])
    theirs.load_cert_chain(directory / "leaf.crt", directory / "leaf.key")
    return _Session(ours, theirs).talk()


class _Session:
    def __init__(self, ours: ssl.SSLContext, theirs: ssl.SSLContext) -> None:
        self.bios = {end: (ssl.MemoryBIO(), ssl.MemoryBIO()) for end in (True, False)}
        self.ends = {True: ours.wrap_bio(*self.bios[True], server_hostname=NAME),
                     False: theirs.wrap_bio(*self.bios[False], server_side=True)}
        self.wire = Talk()

    def talk(self) -> Talk:
        if self._handshake():
            self.ends[True].write(b"question")
            self._carry(True)
            self.ends[False].read()
            self.ends[False].write(b"a longer answer")
            self._carry(False)
            self.ends[True].read()
            for end in (True, False):
                self._close(end)
        for end in (True, False):
            self.wire.say(end, flags=FIN | ACK)
        return self.wire

    def _handshake(self) -> bool:
        for turn in range(8):
            forward = turn % 2 == 0
            try:
                self.ends[forward].do_handshake()
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError:
                self._carry(forward)
                return False
            self._carry(forward)
        return True

    def _close(self, end: bool) -> None:
        with suppress(ssl.SSLError):  # the other end has not closed yet
            self.ends[end].unwrap()
        self._carry(end)

    def _carry(self, forward: bool) -> None:
        """What an end has written goes over the wire in segments of an Ethernet's size."""
        data = self.bios[forward][1].read()
        for start in range(0, len(data), 1448):
            self.wire.say(forward, data[start:start + 1448])
        self.bios[not forward][0].write(data)
