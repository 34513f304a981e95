"""Packets for whoever connects: each gets what comes from then on, and one that does not read costs nobody anything."""

import os
import socket
from collections.abc import Iterator

import pytest

from nf.sinks.pcap_over_ip import MOST_WAITING, PcapOverIp

FRAME = bytes(1000)


@pytest.fixture
def stream() -> Iterator[PcapOverIp]:
    """Served by a process of its own, as in life."""
    one = PcapOverIp(("127.0.0.1", 0), "x")
    pid = os.fork()
    if pid == 0:
        one.run()
        os._exit(0)
    yield one
    one.close()
    assert os.waitpid(pid, 0)[1] == 0


def read(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += client.recv(size - len(data))
    return data


def test_every_client_gets_a_beginning_and_what_comes_then(stream: PcapOverIp) -> None:
    with socket.create_connection(stream.address, timeout=20) as first:
        begin = read(first, 4)
        with socket.create_connection(stream.address, timeout=20) as second:
            assert read(second, 4) == begin == bytes.fromhex("0a0d0d0a")
            stream.write([FRAME])
            assert FRAME in read(first, 1100)
            assert FRAME in read(second, 1100)


def test_a_client_that_does_not_read_misses_some(stream: PcapOverIp) -> None:
    with socket.create_connection(stream.address, timeout=20) as slow, socket.create_connection(stream.address) as other:
        read(slow, 4), read(other, 4)
        for _ in range(4 * MOST_WAITING // len(FRAME) // 50):
            stream.write([FRAME] * 50)
            read(other, 50 * len(FRAME))
        stream.write([b"last" * 250])
        seen = b""
        while b"last" * 250 not in seen[-2000:]:
            seen += other.recv(65536)


def test_an_address_that_cannot_be_had(stream: PcapOverIp) -> None:
    with pytest.raises(OSError, match="Address already in use"):
        PcapOverIp(stream.address, "x")
