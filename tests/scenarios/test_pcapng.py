"""pcapng: what is written is what a reader of such files reads."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import pcapng

NOON = 1_767_182_400_123_456_789  # nanoseconds


def blocks(data: bytes) -> list[tuple[int, bytes]]:
    """Cut a file into blocks by the length at their head, and check the one at their end."""
    found = []
    while data:
        kind, length = struct.unpack_from("<II", data)
        assert length % 4 == 0
        assert struct.unpack_from("<I", data, length - 4) == (length,)
        found.append((kind, data[8:length - 4]))
        data = data[length:]
    return found


@given(frame=st.binary(max_size=100), at=st.integers(0, 2**63), outbound=st.booleans())
def test_a_packet_is_one_block_with_frame_time_and_direction(frame: bytes, at: int, outbound: bool) -> None:
    (_, _), (_, _), (kind, body) = blocks(pcapng.header("srx1-eth0") + pcapng.packet(frame, at, outbound=outbound))
    interface, high, low, captured, original = struct.unpack_from("<IIIII", body)
    assert (kind, interface, high << 32 | low) == (6, 0, at)
    assert captured == original == len(frame)
    assert body[20:20 + captured] == frame
    assert body[-8:-4] == struct.pack("<I", 2 if outbound else 1)


@given(packets=st.lists(st.builds(pcapng.Packet, st.integers(0, 2**63), st.binary(max_size=100), st.booleans())),
       cut=st.integers(0, 200))
def test_what_was_written_is_read_up_to_the_last_whole_packet(packets: list[pcapng.Packet], cut: int) -> None:
    written = [pcapng.packet(it.frame, it.at, outbound=it.outbound) for it in packets]
    data = pcapng.header("srx1-eth0") + b"".join(written)
    whole = list(pcapng.read(data))
    assert whole == packets
    assert list(pcapng.read(data[:max(0, len(data) - cut)])) == whole[:len(whole) - _spoilt(written, cut)]


def _spoilt(written: list[bytes], cut: int) -> int:
    """How many packets lose something when so many bytes are cut off the end."""
    spoilt = 0
    while cut > 0 and spoilt < len(written):
        spoilt += 1
        cut -= len(written[-spoilt])
    return spoilt


@pytest.mark.skipif(shutil.which("tshark") is None, reason="needs tshark")
def test_wireshark_reads_it(tmp_path: Path) -> None:
    ethernet = bytes.fromhex("020000000201 020000000101 88b5") + b"payload"
    (tmp_path / "x.pcapng").write_bytes(pcapng.header("srx1-eth0") + pcapng.packet(ethernet, NOON, outbound=True)
                                        + pcapng.packet(ethernet * 2, NOON, outbound=False))
    fields = ["frame.time_epoch", "frame.len", "frame.interface_name", "frame.packet_flags_direction", "eth.src"]
    shown = subprocess.run(["tshark", "-r", str(tmp_path / "x.pcapng"), "-T", "fields", *(f"-e{field}" for field in fields)],
                           capture_output=True, text=True, check=True).stdout
    first, second = (line.split("\t") for line in shown.splitlines())
    assert first == ["1767182400.123456789", "21", "srx1-eth0", "0x00000002", "02:00:00:00:01:01"]
    assert second[1:4] == ["42", "srx1-eth0", "0x00000001"]
