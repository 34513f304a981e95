"""`srxnf secrets`: Wireshark itself decrypts what comes out, from either form of capture."""

import contextlib
import ssl
import struct
import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hwmodel.session import Direction, FiveTuple
from nf.cli.main import app
from nf.protocols import pcapng
from nf.protocols.tcp_frames import TcpFrames
from tests.helpers.loopback_pki import NAME, LoopbackPki

REQUEST = b"GET /page HTTP/1.1\r\nHost: www.example.test\r\n\r\n"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> LoopbackPki:
    return LoopbackPki(tmp_path_factory.mktemp("pki"))


def records(pki: LoopbackPki, keys: Path) -> list[tuple[Direction, bytes]]:
    """A real TLS session with one request, as the bytes of both directions; its keys are logged."""
    client_context = pki.client_context()
    client_context.check_hostname, client_context.verify_mode = False, ssl.CERT_NONE
    client_context.keylog_filename = str(keys)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=NAME)
    server = pki.origin_context().wrap_bio(to_server, to_client, server_side=True)
    sent: list[tuple[Direction, bytes]] = []
    wires = {Direction.C2S: (client, to_server), Direction.S2C: (server, to_client)}
    for step in range(4):
        for direction, (end, out) in wires.items():
            with contextlib.suppress(ssl.SSLWantReadError):
                end.write(REQUEST) if step == 3 and direction is Direction.C2S else end.do_handshake()
            data = out.read()
            if data:
                sent.append((direction, data))
                out.write(data)
    return sent


def frames(said: list[tuple[Direction, bytes]]) -> list[bytes]:
    tcp = TcpFrames(FiveTuple(ip_address("10.1.0.7"), 40123, ip_address("192.0.2.80"), 443))
    return [*tcp.open(), *(frame for direction, data in said for frame in tcp.data(direction, data))]


def as_pcapng(packets: list[bytes]) -> bytes:
    return pcapng.section_header() + pcapng.interface_description() + b"".join(
        pcapng.enhanced_packet(packet, 1_700_000_000 + at) for at, packet in enumerate(packets))


def as_pcap(packets: list[bytes], order: str, magic: int) -> bytes:
    head = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, 1)
    return head + b"".join(struct.pack(f"{order}4I", 1_700_000_000 + at, 500_000, len(packet), len(packet)) + packet
                           for at, packet in enumerate(packets))


@pytest.mark.parametrize("form", ["pcapng", "<a1b2c3d4", ">a1b2c3d4", "<a1b23c4d"])
def test_wireshark_reads_the_request(tmp_path: Path, pki: LoopbackPki, form: str) -> None:
    capture, keys, to = (tmp_path / name for name in ("capture", "keys", "to.pcapng"))
    packets = frames(records(pki, keys))
    capture.write_bytes(as_pcapng(packets) if form == "pcapng" else as_pcap(packets, form[0], int(form[1:], 16)))
    done = CliRunner().invoke(app, ["secrets", str(capture), str(keys), str(to)])
    assert (done.exit_code, done.output) == (0, "")
    words = ["-Y", "http", "-T", "fields", "-e", "http.request.uri", "-e", "frame.time_epoch"]
    read = subprocess.run(["tshark", "-n", "-r", to, *words], capture_output=True, text=True, check=True, timeout=30).stdout
    assert read.startswith("/page\t17000000")
    assert to.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("content", "said"), [
    (b"no capture at all, but some text", "expected a capture"), (b"", "expected a capture"), (None, "cannot be read")])
def test_what_is_no_capture(tmp_path: Path, content: bytes | None, said: str) -> None:
    capture, keys, to = (tmp_path / name for name in ("capture", "keys", "to.pcapng"))
    keys.write_bytes(b"")
    if content is not None:
        capture.write_bytes(content)
    done = CliRunner().invoke(app, ["secrets", str(capture), str(keys), str(to)])
    assert done.exit_code == 1
    assert said in done.output
    assert not to.exists()
