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
