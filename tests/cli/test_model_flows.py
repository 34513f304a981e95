from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwmodel import ModelError
from hwmodel.session import TCP, UDP, FiveTuple
from hwmodel.sessions import DECRYPTED, FRAGMENTED, TLS
from nf.cli.model_flows import capture_sessions
from nf.protocols.pcapng import enhanced_packet, interface_description, section_header

CLIENT, SERVER = "10.0.0.1", "192.0.2.1"
SYN, ACK, FIN = 2, 16, 1


def tcp(src: str, sport: int, dst: str, dport: int, flags: int, payload: int = 0) -> bytes:
    head = pack("!HHIIBBHHH", sport, dport, 0, 0, 0x50, flags, 0, 0, 0)
    return ip(src, dst, TCP, head + bytes(payload))


def udp(src: str, sport: int, dst: str, dport: int, payload: int) -> bytes:
    return ip(src, dst, UDP, pack("!HHHH", sport, dport, 8 + payload, 0) + bytes(payload))


def ip(src: str, dst: str, proto: int, rest: bytes, fragment: int = 0) -> bytes:
    ends = ip_address(src).packed + ip_address(dst).packed
    if len(ends) == 32:
        return b"\x86\xdd" + pack("!IHBB", 6 << 28, len(rest), proto, 64) + ends + rest
    return b"\x08\x00" + pack("!BBHHHBBH", 0x45, 0, 20 + len(rest), 0, fragment, 64, proto, 0) + ends + rest


def pcapng(path: Path, *frames: tuple[float, bytes]) -> Path:
    packets = b"".join(enhanced_packet(bytes(12) + frame, at) for at, frame in frames)
    path.write_bytes(section_header() + interface_description() + packets)
    return path


def pcap(path: Path, *frames: tuple[float, bytes]) -> Path:
    body = b"".join(pack("<IIII", int(at), round(at % 1 * 1e6), len(frame) + 12, len(frame) + 12) + bytes(12) + frame
                    for at, frame in frames)
    path.write_bytes(b"\xd4\xc3\xb2\xa1" + pack("<HHIIII", 2, 4, 0, 0, 65535, 1) + body)
    return path


CONNECTION = (
    (100.0, tcp(CLIENT, 5000, SERVER, 443, SYN)),
    (100.1, tcp(SERVER, 443, CLIENT, 5000, SYN | ACK)),
    (100.2, tcp(CLIENT, 5000, SERVER, 443, ACK, 300)),
    (101.0, tcp(SERVER, 443, CLIENT, 5000, ACK | FIN, 1000)),
)


@pytest.mark.parametrize("write", [pcap, pcapng])
def test_a_connection_is_one_session(tmp_path: Path, write: "type") -> None:
    sessions = capture_sessions(write(tmp_path / "file", *CONNECTION))
    assert len(sessions) == 1
    assert sessions.flow(0) == FiveTuple(ip_address(CLIENT), 5000, ip_address(SERVER), 443)
    assert (sessions.at[0], sessions.packets[0], sessions.bytes[0]) == (0.0, 4, 1300)
    assert sessions.life[0] == pytest.approx(1.0)
    assert sessions.flags[0] & (TLS | DECRYPTED) == TLS | DECRYPTED


def test_a_port_used_again_is_another_session(tmp_path: Path) -> None:
    again = tuple((at + 5, frame) for at, frame in CONNECTION)
    sessions = capture_sessions(pcapng(tmp_path / "file", *CONNECTION, *again))
    assert [sessions.at[i] for i in range(len(sessions))] == pytest.approx([0, 5])


def test_udp_ends_in_silence(tmp_path: Path) -> None:
    frames = [(at, udp("2001:db8::1", 5000, "2001:db8::2", 53, 40)) for at in (0.0, 30.0, 95.0)]
    sessions = capture_sessions(pcap(tmp_path / "file", *frames))
    assert list(sessions.packets) == [2, 1]
    assert sessions.flow(0) == FiveTuple(ip_address("2001:db8::1"), 5000, ip_address("2001:db8::2"), 53, UDP)


def test_fragments_go_by_addresses_and_protocol(tmp_path: Path) -> None:
    frames = [(0.0, ip(CLIENT, SERVER, UDP, bytes(100), 0x2000 | 9)), (0.1, ip(CLIENT, SERVER, UDP, bytes(50), 22))]
    sessions = capture_sessions(pcap(tmp_path / "file", *frames))
    assert len(sessions) == 1
    assert sessions.flow(0).sport == 0
    assert sessions.flags[0] & FRAGMENTED


@pytest.mark.parametrize(("content", "complaint"), [
    (b"GIF89a", "neither pcap nor pcapng"),
    (b"", "neither pcap nor pcapng"),
    (b"\xd4\xc3\xb2\xa1" + pack("<HHIIII", 2, 4, 0, 0, 65535, 1), "no IP packets in it"),
    (b"\xd4\xc3\xb2\xa1" + pack("<HHIIIIIIII", 2, 4, 0, 0, 65535, 9, 0, 0, 1, 1) + b"x", "link type 9; expected Ethernet"),
])
def test_what_is_no_capture_is_told(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=complaint):
        capture_sessions(path)


@given(cut=st.integers(0, 400), noise=st.binary(max_size=60), place=st.integers(24, 400))
def test_damage_ends_in_sessions_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, cut: int, noise: bytes, place: int
) -> None:
    for write in (pcap, pcapng):
        path = write(tmp_path_factory.mktemp("cut") / "file", *CONNECTION)
        whole = path.read_bytes()
        path.write_bytes((whole[:place] + noise + whole[place + len(noise):])[: len(whole) - cut])
        with suppress(ModelError):
            assert len(capture_sessions(path)) >= 1


def test_a_capture_cut_short_is_told_and_played(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for write in (pcap, pcapng):
        path = write(tmp_path / "file", *CONNECTION)
        whole = capture_sessions(path)
        assert capsys.readouterr().err == ""
        path.write_bytes(path.read_bytes()[:-3])
        assert capture_sessions(path).packets.sum() == whole.packets.sum() - 1
        [line] = capsys.readouterr().err.splitlines()
        assert line.startswith(f"{path}: damaged or cut short at byte ")
