"""Wireshark is the judge of what is written: tshark must read every file and decode what lies in it."""

import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel.session import Direction, FiveTuple
from nf.protocols import pcapng
from nf.protocols.tcp_frames import TcpFrames

REQUEST, PAGE = b"GET /page HTTP/1.1\r\nHost: www.example.com\r\n\r\n", b"x" * 5000
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + PAGE


def tshark(path: Path, *fields: str) -> list[str]:
    words = [word for field in fields for word in ("-e", field)]
    run = subprocess.run(
        ["tshark", "-n", "-r", path, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields", *words],
        capture_output=True, text=True, check=True, timeout=30)
    return run.stdout.splitlines()


def session(flow: FiveTuple) -> list[bytes]:
    frames = TcpFrames(flow)
    return [*frames.open(), *frames.data(Direction.C2S, REQUEST), *frames.data(Direction.S2C, RESPONSE),
            *frames.finish(Direction.C2S), *frames.finish(Direction.S2C)]


def written(path: Path, frames: list[bytes]) -> Path:
    blocks = [pcapng.enhanced_packet(frame, 1_700_000_000.25 + at / 8) for at, frame in enumerate(frames)]
    path.write_bytes(pcapng.section_header() + pcapng.interface_description("mirror") + b"".join(blocks))
    return path


FLOWS = [FiveTuple(ip_address("10.1.0.7"), 40123, ip_address("192.0.2.80"), 443),
         FiveTuple(ip_address("2001:db8::7"), 40123, ip_address("2001:db8:1::80"), 443)]


@pytest.mark.parametrize("flow", FLOWS, ids=str)
def test_wireshark_finds_a_whole_connection_without_fault(tmp_path: Path, flow: FiveTuple) -> None:
    path = written(tmp_path / "x.pcapng", session(flow))
    checks = tshark(path, "tcp.checksum.status", "_ws.expert.group", "tcp.analysis.flags")
    assert {line.split("\t")[0] for line in checks} == {"1"}  # good
    assert not [line for line in checks if "Checksum" in line or line.split("\t")[2]]
    decoded = subprocess.run(
        ["tshark", "-n", "-r", path, "-d", "tcp.port==443,http", "-T", "fields", "-e", "http.request.full_uri",
         "-e", "http.response.code", "-e", "http.file_data"], capture_output=True, text=True, check=True, timeout=30).stdout
    assert "/page" in decoded
    assert f"200\t{PAGE.hex()}" in decoded or f"200\t{PAGE.decode()}" in decoded


def test_times_interface_and_comment_come_back(tmp_path: Path) -> None:
    path = tmp_path / "x.pcapng"
    frame = session(FLOWS[0])[0]
    path.write_bytes(pcapng.section_header() + pcapng.interface_description("ge-0/0/5.0")
                     + pcapng.enhanced_packet(frame, 1_700_000_000.25, comment="SQL injection"))
    assert tshark(path, "frame.time_epoch", "frame.interface_name", "frame.comment") == [
        "1700000000.250000000\tge-0/0/5.0\tSQL injection"]


def test_a_file_may_carry_the_secrets_of_its_packets(tmp_path: Path) -> None:
    path = tmp_path / "x.pcapng"
    line = b"CLIENT_RANDOM " + b"11" * 32 + b" " + b"22" * 48 + b"\n"
    path.write_bytes(pcapng.section_header() + pcapng.interface_description() + pcapng.decryption_secrets(line))
    run = subprocess.run(["capinfos", path], capture_output=True, text=True, check=True, timeout=30)
    assert "Number of decryption secrets in file: 1" in run.stdout
    assert line in path.read_bytes()


def test_secrets_come_before_the_packets_of_a_capture(tmp_path: Path) -> None:
    path, line = written(tmp_path / "x.pcapng", session(FLOWS[0])), b"CLIENT_RANDOM 11 22\n"
    frames = tshark(path, "frame.len")
    capture = path.read_bytes()
    path.write_bytes(pcapng.with_secrets(capture, line))
    assert tshark(path, "frame.len") == frames
    assert path.read_bytes().index(line) < path.read_bytes().index(REQUEST)
    assert pcapng.with_secrets(b"", line) == pcapng.decryption_secrets(line)


@given(st.binary(max_size=400), st.text(max_size=40))
def test_every_block_says_its_length_at_both_ends(frame: bytes, comment: str) -> None:
    block = pcapng.enhanced_packet(frame, 1.0, comment=comment)
    assert len(block) % 4 == 0
    assert block[4:8] == block[-4:] == len(block).to_bytes(4, "little")


@given(st.lists(st.tuples(st.sampled_from(Direction), st.binary(max_size=4000)), max_size=8))
def test_the_segments_of_a_direction_are_its_stream(said: list[tuple[Direction, bytes]]) -> None:
    frames = TcpFrames(FLOWS[0])
    frames.open()
    sent = dict.fromkeys(Direction, b"")
    for direction, data in said:
        for frame in frames.data(direction, data):
            assert int.from_bytes(frame[38:42], "big") == 1 + len(sent[direction])
            assert int.from_bytes(frame[42:46], "big") == 1 + len(sent[direction.opposite])
            sent[direction] += frame[54:]
    for direction in Direction:
        assert sent[direction] == b"".join(data for way, data in said if way is direction)
